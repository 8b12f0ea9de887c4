import type { Attendant } from '@rt/core';

/** A client that is in a place by this node. It is another object with each enter. */
export interface OwnRow {
  readonly place: string;
  readonly attendant: Attendant;
  /** As JSON. */
  readonly state: string;
  /** When it leaves, on the clock of this node; `null` as long as it stays. */
  leavesAtMs: number | null;
}

/** Who should be where, as far as this node has a say in it: with this what a server has lost is said again. */
export class OwnRows {
  /** By place, user and client, in the order in which their states were brought. */
  readonly #rows = new Map<string, OwnRow>();
  /** Those that do not stay. */
  readonly #leaving = new Set<OwnRow>();

  get all(): readonly OwnRow[] {
    return [...this.#rows.values()];
  }

  /** Returns how to take it back: then what was before is as it was. */
  enter(place: string, attendant: Attendant, state: string): () => void {
    const key = keyOf(place, attendant);
    const before = this.#rows.get(key);
    const row: OwnRow = { place, attendant, state, leavesAtMs: null };
    if (before?.state !== state) this.#rows.delete(key);
    this.#rows.set(key, row);
    return () => {
      if (this.#rows.get(key) !== row) return;
      if (before === undefined) this.#rows.delete(key);
      else this.#rows.set(key, before);
    };
  }

  /** Who begins to leave, if the connection is the holder. */
  leave(place: string, attendant: Attendant, atMs: number): OwnRow | null {
    const row = this.#rows.get(keyOf(place, attendant));
    if (row?.attendant.holder !== attendant.holder) return null;
    row.leavesAtMs = atMs;
    this.#leaving.add(row);
    return row;
  }

  /** All of a user in one place, or in every place. */
  of(user: string, place: string | null): readonly OwnRow[] {
    return this.all.filter((row) => row.attendant.user === user && (place === null || row.place === place));
  }

  /** Forgets it, unless it has entered again. */
  forget(row: OwnRow): void {
    this.#leaving.delete(row);
    const key = keyOf(row.place, row.attendant);
    if (this.#rows.get(key) === row) this.#rows.delete(key);
  }

  /** Forgets all whose time has come by then. */
  forgetLeft(nowMs: number): void {
    for (const row of this.#leaving) if (row.leavesAtMs !== null && row.leavesAtMs <= nowMs) this.forget(row);
  }

  clear(): void {
    this.#rows.clear();
    this.#leaving.clear();
  }
}

function keyOf(place: string, { user, client }: Attendant): string {
  return `${place.length} ${user.length} ${place}${user}${client}`;
}
