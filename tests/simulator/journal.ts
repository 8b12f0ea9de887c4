import type { Clock } from '@rt/core';

/** When something happened: the order over everything in one world, and the virtual time. */
export interface Moment {
  readonly order: number;
  readonly atMs: number;
}

/** What is wrong with a run: the first thing that was found. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Gives every event of a run its place in one order, and keeps what has gone wrong and the trace. */
export class Journal {
  /** The first thing that has gone wrong. It is kept here because throwing it would end in somebody's `catch`. */
  violation: Violation | null = null;
  readonly #clock: Clock;
  readonly #trace: string[] | null;
  #order = 0;

  /** @param trace Takes a line for each thing that happens; `null` for none. */
  constructor(clock: Clock, trace: string[] | null) {
    this.#clock = clock;
    this.#trace = trace;
  }

  get atMs(): number {
    return this.#clock.now();
  }

  /** The next moment. */
  moment(): Moment {
    this.#order += 1;
    return { order: this.#order, atMs: this.#clock.now() };
  }

  /** Notes something for the reader of a trace. `line` is called only if there is one. */
  note(line: () => string): void {
    this.#trace?.push(`${String(this.#order).padStart(5)} ${String(this.#clock.now()).padStart(7)} ms  ${line()}`);
  }

  fail(why: string): void {
    this.note(() => `VIOLATION ${why}`);
    this.violation ??= new Violation(why);
  }
}
