import { RtError } from '@rt/protocol';
import { StateLog } from '../log/state-log.ts';
import type { Clock, Random } from '../runtime/clock.ts';
import { randomText, systemClock } from '../runtime/clock.ts';
import type { Attendant, PlaceView, PresenceChange, PresenceSink, PresenceStore } from './presence-store.ts';

/** Options of {@link memoryPresence}. */
export interface MemoryPresenceOptions {
  /** @default systemClock */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
}

/** Keeps in this process who is where: for one node, for tests, and as the model that other stores are compared with. */
export function memoryPresence({
  clock = systemClock,
  random = Math.random,
}: MemoryPresenceOptions = {}): PresenceStore {
  return new MemoryPresence(clock, random);
}

/** How long, and how many, departures are remembered: whoever was away for longer is given the whole list. */
const departures = { forMs: 60_000, count: 1000 };

interface Client {
  holder: string;
  state: string;
  /** Takes back a leave that waits for its time. */
  stay: (() => void) | null;
}

/** A place, with its users and their clients: the one whose state is shown is the last. */
class Place implements PlaceView {
  readonly log: StateLog;
  readonly users = new Map<string, Map<string, Client>>();
  connections = 0;
  followed = false;

  constructor(epoch: string) {
    this.log = new StateLog(epoch, { ...departures, newestOnly: true });
  }

  get count(): number {
    return this.users.size;
  }

  sample(count: number): readonly string[] {
    const members: string[] = [];
    for (const [user, clients] of this.users) {
      if (members.length === count) break;
      members.push(memberText(user, clients));
    }
    return members;
  }
}

class MemoryPresence implements PresenceStore {
  readonly #clock: Clock;
  readonly #incarnation: string;
  readonly #places = new Map<string, Place>();
  #sink: PresenceSink | null = null;
  #closed = false;
  #opened = 0;
  #sequence = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#incarnation = randomText(random, 8);
  }

  async open(sink: PresenceSink): Promise<void> {
    this.#check();
    if (this.#sink !== null) {
      throw new RtError(
        'broker_failed',
        'a memory presence belongs to one hub, and this one has a hub; create another',
      );
    }
    this.#sink = sink;
  }

  async enter(name: string, { user, client: id, holder }: Attendant, state: string): Promise<void> {
    this.#check();
    const place = this.#place(name);
    const clients = place.users.get(user);
    const client = clients?.get(id);
    if (clients === undefined || client === undefined)
      return this.#arrive(name, place, { user, client: id, holder }, state);
    client.stay?.();
    client.stay = null;
    client.holder = holder;
    if (client.state === state) return;
    const before = shown(clients);
    client.state = state;
    // What is brought newest is shown: it is the last.
    clients.delete(id);
    clients.set(id, client);
    if (before !== state) this.#tell(name, place, { type: 'updated', user, state });
  }

  async leave(name: string, attendant: Attendant, afterMs: number): Promise<void> {
    const place = this.#places.get(name);
    const client = place?.users.get(attendant.user)?.get(attendant.client);
    if (place === undefined || client?.holder !== attendant.holder) return;
    client.stay?.();
    client.stay = null;
    if (afterMs === 0) this.#depart(name, place, attendant);
    else client.stay = this.#clock.timer(afterMs, () => this.#depart(name, place, attendant));
  }

  async expel(user: string, name: string | null): Promise<void> {
    for (const each of name === null ? [...this.#places.keys()] : [name]) {
      const place = this.#places.get(each);
      for (const [client, { holder, stay }] of [...(place?.users.get(user) ?? [])]) {
        stay?.();
        if (place !== undefined) this.#depart(each, place, { user, client, holder });
      }
    }
  }

  async listen(): Promise<void> {
    this.#check();
  }

  async follow(name: string): Promise<PlaceView> {
    this.#check();
    const place = this.#place(name);
    place.followed = true;
    place.log.trim(this.#clock.now());
    return place;
  }

  async unfollow(name: string): Promise<void> {
    const place = this.#places.get(name);
    if (place === undefined) return;
    place.followed = false;
    this.#forgetIfEmpty(name, place);
  }

  async look(name: string): Promise<PlaceView> {
    this.#check();
    return this.#places.get(name) ?? new Place(`${this.#incarnation}0`);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#sink = null;
    for (const { users } of this.#places.values()) {
      for (const clients of users.values()) for (const { stay } of clients.values()) stay?.();
    }
    this.#places.clear();
  }

  #arrive(name: string, place: Place, { user, client, holder }: Attendant, state: string): void {
    let clients = place.users.get(user);
    const type = clients === undefined ? 'joined' : 'updated';
    if (clients === undefined) {
      clients = new Map();
      place.users.set(user, clients);
    }
    clients.set(client, { holder, state, stay: null });
    place.connections += 1;
    this.#tell(name, place, { type, user, state });
  }

  #depart(name: string, place: Place, { user, client: id }: Attendant): void {
    const clients = place.users.get(user);
    const state = clients === undefined ? 'null' : shown(clients);
    if (clients?.delete(id) !== true) return;
    place.connections -= 1;
    if (clients.size > 0) return this.#tell(name, place, { type: 'updated', user, state: shown(clients) });
    place.users.delete(user);
    this.#tell(name, place, { type: 'left', user, state });
    this.#forgetIfEmpty(name, place);
  }

  #tell(name: string, place: Place, { type, user, state }: Omit<PresenceChange, 'sequence'>): void {
    const clients = place.users.get(user);
    const removes = clients === undefined;
    const payload = removes ? JSON.stringify(user) : memberText(user, clients);
    place.log.append(payload, this.#clock.now(), { subject: user, removes });
    this.#sequence += 1;
    if (place.followed) this.#sink?.grown(name);
    // Nobody tells it again: what listens is in this process, and ends with it.
    void this.#sink?.changed(name, { type, user, state, sequence: this.#sequence });
  }

  /** A place where nobody is and at which nobody looks. Positions in it are of no use: the next list is of all. */
  #forgetIfEmpty(name: string, place: Place): void {
    if (place.users.size === 0 && !place.followed) this.#places.delete(name);
  }

  #place(name: string): Place {
    let place = this.#places.get(name);
    if (place === undefined) {
      this.#opened += 1;
      place = new Place(`${this.#incarnation}${this.#opened.toString(36)}`);
      this.#places.set(name, place);
    }
    return place;
  }

  #check(): void {
    if (this.#closed) throw new RtError('broker_failed', 'the memory presence is closed');
  }
}

/** The state that was brought newest. */
function shown(clients: ReadonlyMap<string, Client>): string {
  let state = 'null';
  for (const client of clients.values()) ({ state } = client);
  return state;
}

function memberText(user: string, clients: ReadonlyMap<string, Client>): string {
  return `{"user":${JSON.stringify(user)},"state":${shown(clients)},"connections":${clients.size}}`;
}
