import type { Clock } from '../runtime/clock.ts';
import type { Connection } from './connection.ts';

const slots = 16;

/** How many are visited in one turn: a crowd that has come at the same time is in the same slot. */
const maxPerTurn = 100;

/**
 * One timer for the heartbeats of all connections. They are spread over slots and turns, so that not all are written at
 * once; each is visited twice in `everyMs`, and so is never silent for longer. Without connections there is no timer.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #slots: readonly Set<Connection>[] = Array.from({ length: slots }, () => new Set<Connection>());
  /** The slots whose visit has begun. */
  #visiting: Iterator<Connection>[] = [];
  #next = 0;
  #size = 0;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** Begins to visit a connection, and returns how to stop. */
  add(connection: Connection): () => void {
    // The slot that was visited last: its next visit is the furthest away.
    const slot = this.#slots[(this.#next + slots - 1) % slots];
    slot?.add(connection);
    this.#size += 1;
    this.#cancel ??= this.#schedule();
    return () => {
      if (slot?.delete(connection) !== true) return;
      this.#size -= 1;
      if (this.#size > 0) return;
      this.#cancel?.();
      this.#cancel = null;
    };
  }

  #schedule(): () => void {
    return this.#clock.timer(this.#everyMs / 2 / slots, () => this.#visit());
  }

  #visit(): void {
    this.#cancel = this.#schedule();
    const slot = this.#slots[this.#next];
    this.#next = (this.#next + 1) % slots;
    if (slot === undefined || slot.size === 0) return;
    this.#visiting.push(slot.values());
    // Else a turn is under way already.
    if (this.#visiting.length === 1) this.#beat();
  }

  #beat(): void {
    for (let count = 0; count < maxPerTurn; count += 1) {
      const next = this.#visiting[0]?.next();
      if (next === undefined) return;
      if (next.done === true) this.#visiting.shift();
      else next.value.beat();
    }
    this.#clock.nextTurn(() => this.#beat());
  }
}
