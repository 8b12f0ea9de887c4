import type { Settings } from '../options.ts';
import type { Connection } from './connection.ts';
import type { Delivery } from './delivery.ts';

/** How often a slice of the connections is ended. */
const sliceEveryMs = 100;
/** Fewer connections than this are ended in one slice. */
const minPerSlice = 200;
/** How many clients a second may come back at the next server, when there are many. */
const returnsPerSecond = 500;

/** Ends all connections in slices, and tells each a time of its own to come back. */
export class Drain {
  readonly #settings: Settings;
  readonly #delivery: Delivery;

  constructor(settings: Settings, delivery: Delivery) {
    this.#settings = settings;
    this.#delivery = delivery;
  }

  /** Calls `end` for each connection, the last within `overMs`. Returns how to stop. */
  run(overMs: number, end: (connection: Connection, retryInMs: number) => void): () => void {
    const { clock, reconnect, random } = this.#settings;
    const waiting = [...this.#delivery.connections];
    const slices = Math.max(1, Math.floor(overMs / sliceEveryMs));
    const perSlice = Math.max(minPerSlice, Math.ceil(waiting.length / slices));
    const window = Math.max(reconnect.maxMs - reconnect.minMs, (waiting.length / returnsPerSecond) * 1000);
    let cancel = (): void => {};
    const slice = (): void => {
      for (const connection of waiting.splice(0, perSlice)) {
        end(connection, Math.round(reconnect.minMs + random() * window));
      }
      if (waiting.length > 0) cancel = clock.timer(sliceEveryMs, slice);
    };
    slice();
    return () => cancel();
  }
}
