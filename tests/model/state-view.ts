import { expect } from 'vitest';
import type { ReferenceState } from './reference-state.ts';

/** What a client of a state channel makes of what it is told: what is true, as far as it knows, and its place. */
export class StateView {
  readonly state: Map<string, string> = new Map();
  /** The offset of its place. */
  place = 0;
  epoch: string | null = null;
  readonly #reference: ReferenceState;

  constructor(reference: ReferenceState) {
    this.#reference = reference;
  }

  /** From where it goes on when it comes back. */
  get after(): string {
    return this.epoch === null ? 'start' : `${this.epoch}.${this.place}`;
  }

  /** Nothing is told twice, and only what was superseded, or was removed before it began, is not told. */
  publication(offset: number, event: string, data: unknown): void {
    expect(offset).toBeGreaterThan(this.place);
    this.#mayNotMiss(offset - 1);
    const change = this.#reference.all[offset - 1];
    expect([event, data]).toEqual(
      change?.removes === true ? ['gone', { key: change.key }] : ['is', { key: change?.key, data: change?.data }],
    );
    if (change?.removes === true) this.state.delete(change.key);
    else if (change !== undefined) this.state.set(change.key, change.data);
    this.place = offset;
  }

  /** Its place moves on. */
  position(text: string): void {
    const offset = this.#offset(text);
    expect(offset).toBeGreaterThanOrEqual(this.place);
    this.#mayNotMiss(offset);
    this.place = offset;
  }

  /** It has missed removals, and is told all that is true: what it knew before is worth nothing. */
  gap({
    reason,
    after,
    position,
  }: {
    readonly reason: string;
    readonly after: string;
    readonly position: string;
  }): void {
    expect([reason, after, this.#offset(position)]).toEqual(['trimmed', this.after, 0]);
    expect(this.place).toBeLessThan(this.#reference.floor);
    this.state.clear();
    this.place = 0;
  }

  /** At the end it knows what is true, and no more. */
  finish(): void {
    expect([this.place, this.state]).toEqual([this.#reference.top, this.#reference.state()]);
  }

  #mayNotMiss(upTo: number): void {
    for (const { key, offset } of this.#reference.all.slice(this.place, upTo)) {
      const newest = this.#reference.newestOf(key);
      const superseded = newest !== undefined && newest.offset > offset;
      const forgotten = newest?.removes === true && offset <= this.#reference.floor && !this.state.has(key);
      expect([offset, superseded || forgotten]).toEqual([offset, true]);
    }
  }

  #offset(text: string): number {
    const [epoch = '', offset] = text.split('.');
    this.epoch ??= epoch;
    expect(epoch).toBe(this.epoch);
    return Number(offset);
  }
}
