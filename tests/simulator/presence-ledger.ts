import type { Attendant, PlaceView, PresenceChange } from '@rt/core';
import type { Journal, Moment } from './journal.ts';
import type { Roster, Shown } from './presence-life.ts';
import { PresenceLife } from './presence-life.ts';

/** One who is in a place, by the contract of presence stores. */
interface Client {
  readonly user: string;
  readonly client: string;
  holder: string;
  state: string;
  /** Rises with what is brought newly: of a user's clients the one with the highest is shown. */
  brought: number;
  /** When it is gone unless it comes back. */
  goneAtMs: number | null;
  /** Which of several was asked to go first. */
  asked: number;
}

interface Place {
  readonly life: PresenceLife;
  readonly clients: Set<Client>;
  followed: boolean;
}

/** A change as the hub's listeners are to be told of it. */
export interface Occurrence extends PresenceChange {
  readonly place: string;
}

const nobody: Roster = new Map();

/** What one store has to say, worked out once more from what it was asked; and what it has said, which is compared. */
export class PresenceLedger {
  /** Everything that the sink was told, in order. */
  readonly occurrences: Occurrence[] = [];
  readonly #journal: Journal;
  readonly #places = new Map<string, Place>();
  readonly #lives: PresenceLife[] = [];
  readonly #due: { readonly place: string; readonly change: string }[] = [];
  #brought = 0;
  #asked = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Takes note that a client comes. The store has to tell of it before `done`. */
  enter(name: string, { user, client, holder }: Attendant, state: string): void {
    const place = this.#place(name);
    const before = shown(place, user);
    let one = [...place.clients].find((other) => other.user === user && other.client === client);
    if (one === undefined) {
      one = { user, client, holder, state, brought: 0, goneAtMs: null, asked: 0 };
      place.clients.add(one);
      one.brought = this.#brought += 1;
    } else if (one.state !== state) one.brought = this.#brought += 1;
    Object.assign(one, { holder, state, goneAtMs: null });
    this.#expect(name, user, before, shown(place, user));
  }

  leave(name: string, { user, client, holder }: Attendant, afterMs: number): void {
    const place = this.#places.get(name);
    const one = [...(place?.clients ?? [])].find((other) => other.user === user && other.client === client);
    if (place === undefined || one?.holder !== holder) return;
    this.#asked += 1;
    if (afterMs > 0) Object.assign(one, { goneAtMs: this.#journal.atMs + afterMs, asked: this.#asked });
    else this.#depart(name, place, one);
  }

  follow(name: string): PresenceLife {
    const place = this.#place(name);
    place.followed = true;
    return place.life;
  }

  unfollow(name: string): void {
    const place = this.#places.get(name);
    if (place === undefined) return;
    place.followed = false;
    this.#forgetIfEmpty(name, place);
  }

  /** What the store was asked has taken effect: it must have told all. */
  done(): void {
    for (const { place, change } of this.#due.splice(0)) this.#journal.fail(`${place}: nobody was told: ${change}`);
  }

  /** The store tells the sink. What nobody has asked for is the end of a grace. */
  changed(name: string, change: PresenceChange): void {
    const { user } = change;
    if (this.#due.length === 0) this.#endGrace(name, user);
    const told = JSON.stringify([change.type, user, change.state]);
    const due = this.#due.shift();
    if (due?.place !== name || due.change !== told) {
      this.#journal.fail(`${name}: the store tells ${told}, and what has happened is ${due?.change ?? 'nothing'}`);
    }
    const before = this.occurrences.findLast((one) => one.place === name)?.sequence ?? 0;
    if (change.sequence <= before) this.#journal.fail(`${name}: sequence ${change.sequence} comes after ${before}`);
    this.#journal.note(() => `  ${name}: ${told}`);
    this.occurrences.push({ place: name, ...change });
  }

  /** Takes note of the epoch of a place that was looked at. */
  saw(life: PresenceLife, { log }: PlaceView): void {
    const twin = this.#lives.find((one) => one !== life && one.place === life.place && one.epoch === log.epoch);
    if (twin !== undefined) this.#journal.fail(`${life.place} had the epoch ${log.epoch} before`);
    if (life.epoch !== null && life.epoch !== log.epoch) this.#journal.fail(`${life.place} has two epochs at once`);
    life.epoch = log.epoch;
  }

  /** The log of a place as it is now, if there is one. */
  current(name: string): PresenceLife | null {
    return this.#places.get(name)?.life ?? null;
  }

  /** The log that a position is of. */
  find(name: string, epoch: string): PresenceLife | null {
    return this.#lives.find((life) => life.place === name && life.epoch === epoch) ?? null;
  }

  /** The log that a place had at a moment. */
  at(name: string, { order }: Moment): PresenceLife | null {
    return this.#lives.findLast((life) => life.place === name && life.born.order < order) ?? null;
  }

  /** Who is in a place now. */
  roster(name: string): Roster {
    const life = this.current(name);
    return life?.roster(life.steps.length) ?? nobody;
  }

  /** Whose grace is over and who has not gone, or `null`. */
  overdue(): string | null {
    for (const [name, { clients }] of this.#places) {
      for (const { user, goneAtMs } of clients) {
        if (goneAtMs !== null && goneAtMs < this.#journal.atMs)
          return `${user} had to leave ${name} at ${goneAtMs} ms, and is still there`;
      }
    }
    return null;
  }

  #depart(name: string, place: Place, one: Client): void {
    const before = shown(place, one.user);
    place.clients.delete(one);
    this.#expect(name, one.user, before, shown(place, one.user));
    this.#forgetIfEmpty(name, place);
  }

  #endGrace(name: string, user: string): void {
    const place = this.#places.get(name);
    const one = [...(place?.clients ?? [])]
      .filter((client) => client.user === user && client.goneAtMs !== null && client.goneAtMs <= this.#journal.atMs)
      .toSorted((left, right) => (left.goneAtMs ?? 0) - (right.goneAtMs ?? 0) || left.asked - right.asked)[0];
    if (place !== undefined && one !== undefined) this.#depart(name, place, one);
  }

  /** Takes note of a change, and that it has to be told. */
  #expect(name: string, user: string, before: Shown | null, after: Shown | null): void {
    if (before?.state === after?.state && before?.connections === after?.connections) return;
    const type = before === null ? 'joined' : after === null ? 'left' : 'updated';
    const change = JSON.stringify([type, user, (after ?? before)?.state]);
    this.#due.push({ place: name, change });
    this.#place(name).life.steps.push({ user, member: after, at: this.#journal.moment() });
  }

  #forgetIfEmpty(name: string, { clients, followed }: Place): void {
    if (clients.size === 0 && !followed) this.#places.delete(name);
  }

  #place(name: string): Place {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = { life: new PresenceLife(name, this.#journal.moment()), clients: new Set(), followed: false };
      this.#places.set(name, place);
      this.#lives.push(place.life);
    }
    return place;
  }
}

/** What a user shows in a place. */
function shown({ clients }: Place, user: string): Shown | null {
  const own = [...clients].filter((client) => client.user === user);
  const [newest] = own.toSorted((left, right) => right.brought - left.brought);
  return newest === undefined ? null : { state: newest.state, connections: own.length };
}
