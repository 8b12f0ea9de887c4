import type { Keep } from '@rt/core';

/** Something that was said about a key. */
export interface Change {
  readonly offset: number;
  readonly key: string;
  readonly removes: boolean;
  readonly data: string;
  readonly atMs: number;
}

/** A state as one would write it without a thought for speed or memory: all that was ever said, and what is kept of it. */
export class ReferenceState {
  readonly all: Change[] = [];
  readonly #keep: Keep;
  /** The place of the newest removal that is no longer kept. */
  floor = 0;

  constructor(keep: Keep) {
    this.#keep = keep;
  }

  get top(): number {
    return this.all.length;
  }

  /** Appends a change. False if that would be one key too many. */
  append(change: Omit<Change, 'offset'>): boolean {
    this.at(change.atMs);
    const state = this.state();
    if (!change.removes && !state.has(change.key) && state.size >= this.#keep.count) return false;
    this.all.push({ ...change, offset: this.top + 1 });
    this.at(change.atMs);
    return true;
  }

  /** Of each key the newest, in their order. */
  newest(): readonly Change[] {
    const byKey = new Map(this.all.map((change) => [change.key, change]));
    return [...byKey.values()].toSorted((one, other) => one.offset - other.offset);
  }

  newestOf(key: string): Change | undefined {
    return this.all.findLast((change) => change.key === key);
  }

  /** What is true now. */
  state(): ReadonlyMap<string, string> {
    return new Map(
      this.newest()
        .filter(({ removes }) => !removes)
        .map(({ key, data }) => [key, data]),
    );
  }

  /** Lets time come to this point. */
  at(nowMs: number): void {
    const removals = this.newest().filter(({ removes, offset }) => removes && offset > this.floor);
    removals.forEach(({ offset, atMs }, index) => {
      if (removals.length - index > this.#keep.count || atMs <= nowMs - this.#keep.forMs) this.floor = offset;
    });
  }
}
