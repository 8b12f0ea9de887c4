import type { Observer } from '../observe/observer.ts';
import type { Random } from '../runtime/clock.ts';
import { randomText } from '../runtime/clock.ts';
import type { Attendant, PresenceStore } from './presence-store.ts';

/** The hub's own places. No channel is called so. In the first are users, in the second channels that are followed. */
export const onlinePlace = 'rt.online';
export const occupiedPlace = 'rt.occupied';

interface Row {
  readonly place: string;
  readonly attendant: Attendant;
}

/**
 * Who has a connection, and which channels are read: each is somebody who is in a place of the hub's own. The store
 * learns of it once somebody wants to know.
 */
export class Attendance {
  readonly #store: PresenceStore;
  readonly #observe: Observer;
  readonly #graceMs: number;
  readonly #node: string;
  readonly #rows = new Set<Row>();
  readonly #channels = new Map<string, Row>();
  #connections = 0;
  #wanted = false;

  constructor(
    store: PresenceStore,
    { observe, random, graceMs }: { readonly observe: Observer; readonly random: Random; readonly graceMs: number },
  ) {
    this.#store = store;
    this.#observe = observe;
    this.#graceMs = graceMs;
    this.#node = randomText(random, 12);
  }

  /** Tells the store who is there, and from now on who comes and goes. */
  want(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#do(this.#store.listen());
    for (const row of this.#rows) this.#enter(row);
  }

  /** Counts a connection of a user. Returns how to count it away. Nobody in particular is not counted. */
  connected(user: string | null): (inOrder: boolean) => void {
    if (user === null) return () => {};
    this.#connections += 1;
    const name = `${this.#node} ${this.#connections}`;
    const row: Row = { place: onlinePlace, attendant: { user, client: name, holder: name } };
    this.#came(row);
    return (inOrder) => this.#went(row, inOrder ? 0 : this.#graceMs);
  }

  /** Somebody follows the channel here, who is the first. */
  occupied(channel: string): void {
    const attendant: Attendant = { user: channel, client: this.#node, holder: this.#node };
    const row: Row = { place: occupiedPlace, attendant };
    this.#channels.set(channel, row);
    this.#came(row);
  }

  /** The last has gone. Whoever polls is back in a moment. */
  vacated(channel: string): void {
    const row = this.#channels.get(channel);
    if (row === undefined) return;
    this.#channels.delete(channel);
    this.#went(row, this.#graceMs);
  }

  #came(row: Row): void {
    this.#rows.add(row);
    if (this.#wanted) this.#enter(row);
  }

  #went(row: Row, afterMs: number): void {
    this.#rows.delete(row);
    if (this.#wanted) this.#do(this.#store.leave(row.place, row.attendant, afterMs));
  }

  #enter({ place, attendant }: Row): void {
    this.#do(this.#store.enter(place, attendant, 'null'));
  }

  #do(done: Promise<void>): void {
    done.catch((cause: unknown) => this.#observe({ type: 'error', stage: 'presence', cause }));
  }
}
