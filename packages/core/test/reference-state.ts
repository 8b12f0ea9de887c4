import type { Entry } from '@rt/core';

/** All publications ever, and the rules of what is kept, without a thought for speed or memory. */
export class ReferenceState {
  readonly all: Entry[] = [];
  readonly #keep: { readonly count: number; readonly forMs: number };
  /** The place of the newest removal that is no longer kept. */
  floor = 0;

  constructor(keep: { readonly count: number; readonly forMs: number }) {
    this.#keep = keep;
  }

  get top(): number {
    return this.all.length;
  }

  append(entry: Entry): void {
    this.at(entry.atMs);
    this.all.push(entry);
    this.at(entry.atMs);
  }

  /** The newest about a subject, kept or not. */
  newestOf(subject: string): Entry | undefined {
    return this.all.findLast(({ about }) => about?.subject === subject);
  }

  /** Whether an entry is the newest of its subject, and no removal that has been let go of. */
  keeps(entry: Entry): boolean {
    const stands = this.newestOf(entry.about?.subject ?? '')?.offset === entry.offset;
    return stands && (entry.about?.removes === false || entry.offset > this.floor);
  }

  /** What is kept after a place. */
  after(offset: number): readonly Entry[] {
    const newest = new Map(this.all.map((entry) => [entry.about?.subject, entry]));
    return [...newest.values()]
      .filter((entry) => entry.offset > offset && (entry.about?.removes === false || entry.offset > this.floor))
      .toSorted((one, other) => one.offset - other.offset);
  }

  /** What is true now. */
  state(): ReadonlyMap<string, string> {
    const standing = this.after(0).filter(({ about }) => about?.removes === false);
    return new Map(standing.map(({ about, payload }) => [about?.subject ?? '', payload]));
  }

  /** Lets time come to this point. */
  at(nowMs: number): void {
    for (;;) {
      const removals = this.after(0).filter(({ about }) => about?.removes === true);
      const [oldest] = removals;
      if (oldest === undefined) return;
      if (removals.length <= this.#keep.count && oldest.atMs > nowMs - this.#keep.forMs) return;
      this.floor = oldest.offset;
    }
  }
}
