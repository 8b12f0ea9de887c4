import type { Attendant, PresenceChange } from '@rt/core';

/** What is told of a user in a place, without a sequence: a model has no numbers of its own. */
export interface ModelChange extends Omit<PresenceChange, 'sequence'> {
  readonly place: string;
}

/** A user as a place shows it. */
export interface ModelMember {
  readonly user: string;
  /** As JSON. */
  readonly state: string;
  readonly connections: number;
}

interface Row {
  readonly place: string;
  readonly user: string;
  readonly client: string;
  holder: string;
  state: string;
  broughtAt: number;
  leavesAtMs: number | null;
  /** The step in which it began to leave: of two that leave in the same moment the first. */
  leavingSince: number;
}

/**
 * What a `PresenceStore` means, said as plainly as it can be: a list of clients, and of each step what a user was before
 * and is after it. Stores, and hubs over them, are compared with it.
 */
export class PresenceModel {
  readonly told: ModelChange[] = [];
  #rows: readonly Row[] = [];
  #steps = 0;
  #nowMs = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  enter(place: string, { user, client, holder }: Attendant, state: string): void {
    this.#step(place, user, () => {
      const row = this.#find(place, user, client);
      if (row === undefined) {
        const broughtAt = this.#steps;
        this.#rows = [
          ...this.#rows,
          { place, user, client, holder, state, broughtAt, leavesAtMs: null, leavingSince: 0 },
        ];
        return;
      }
      row.holder = holder;
      row.leavesAtMs = null;
      if (row.state !== state) row.broughtAt = this.#steps;
      row.state = state;
    });
  }

  leave(place: string, { user, client, holder }: Attendant, afterMs: number): void {
    const row = this.#find(place, user, client);
    if (row?.holder !== holder) return;
    if (afterMs === 0) return this.#remove(row);
    this.#steps += 1;
    row.leavesAtMs = this.#nowMs + afterMs;
    row.leavingSince = this.#steps;
  }

  expel(user: string, place: string | null): void {
    const gone = this.#rows.filter((row) => row.user === user && (place === null || row.place === place));
    for (const row of gone.toSorted((one, other) => one.broughtAt - other.broughtAt)) this.#remove(row);
  }

  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let due = this.#due(untilMs); due !== undefined; due = this.#due(untilMs)) {
      this.#nowMs = due.leavesAtMs ?? this.#nowMs;
      this.#remove(due);
    }
    this.#nowMs = untilMs;
  }

  /** Whether a client leaves at this very time. */
  leavesAt(ms: number): boolean {
    return this.#rows.some(({ leavesAtMs }) => leavesAtMs === ms);
  }

  members(place: string): readonly ModelMember[] {
    const users = new Set(this.#rows.filter((row) => row.place === place).map(({ user }) => user));
    return [...users].flatMap((user) => this.member(place, user) ?? []);
  }

  member(place: string, user: string): ModelMember | null {
    const rows = this.#rows.filter((row) => row.place === place && row.user === user);
    const [newest] = rows.toSorted((one, other) => other.broughtAt - one.broughtAt);
    return newest === undefined ? null : { user, state: newest.state, connections: rows.length };
  }

  #find(place: string, user: string, client: string): Row | undefined {
    return this.#rows.find((row) => row.place === place && row.user === user && row.client === client);
  }

  #due(untilMs: number): Row | undefined {
    return this.#rows
      .filter(({ leavesAtMs }) => leavesAtMs !== null && leavesAtMs <= untilMs)
      .toSorted((one, other) => {
        return (one.leavesAtMs ?? 0) - (other.leavesAtMs ?? 0) || one.leavingSince - other.leavingSince;
      })[0];
  }

  #remove(gone: Row): void {
    this.#step(gone.place, gone.user, () => {
      this.#rows = this.#rows.filter((row) => row !== gone);
    });
  }

  /** Tells what has become of a user, if anything has. */
  #step(place: string, user: string, run: () => void): void {
    this.#steps += 1;
    const before = this.member(place, user);
    run();
    const after = this.member(place, user);
    const { state } = after ?? before ?? { state: 'null' };
    if (before === null && after !== null) this.told.push({ place, type: 'joined', user, state });
    else if (before !== null && after === null) this.told.push({ place, type: 'left', user, state });
    else if (before?.state !== after?.state || before?.connections !== after?.connections) {
      this.told.push({ place, type: 'updated', user, state });
    }
  }
}
