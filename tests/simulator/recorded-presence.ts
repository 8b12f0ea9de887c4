import type { Attendant, PlaceView, PresenceSink, PresenceStore } from '@rt/core';
import { RtError } from '@rt/protocol';
import type { Gates } from './gates.ts';
import type { Journal } from './journal.ts';
import type { Permissions } from './permissions.ts';
import { PresenceLedger } from './presence-ledger.ts';
import type { PresenceLife } from './presence-life.ts';
import { Turns } from './turns.ts';

/** How the hub comes to let somebody go: for good, or because a connection broke. */
export type Mood = 'gone' | 'broken';

interface Asked extends Attendant {
  readonly place: string;
  leaving: boolean;
}

/** What the wrapper needs of its world. */
export interface PresenceWorld {
  readonly inner: PresenceStore;
  readonly gates: Gates;
  readonly journal: Journal;
  readonly permissions: Permissions;
  readonly graceMs: number;
  /** Which session a holder is, counted from the first. */
  readonly session: (holder: string) => number;
}

/** One hub's way to its presence store. It records what is asked and told, and answers as late as the gates say. */
export class RecordedPresence implements PresenceStore {
  readonly ledger: PresenceLedger;
  /** The channels whose presence the hub follows now: none once it has closed. */
  readonly followed = new Set<string>();
  /**
   * The users for whom a session has entered that was followed by another: what comes late of it takes the client over,
   * and away with it when it is found to be dead. Stores cannot know better.
   */
  readonly overtaken = new Set<string>();
  readonly #world: PresenceWorld;
  readonly #turns = new Turns();
  /** Who is there by what the hub has asked for, also if that has not taken effect. */
  #asked: Asked[] = [];
  #mood: Mood | null = null;
  #closed = false;

  constructor(world: PresenceWorld) {
    this.#world = world;
    this.ledger = new PresenceLedger(world.journal);
  }

  /** Lets members in who have no connection here. */
  seat(place: string, count: number): void {
    for (let n = 0; n < count; n += 1) {
      const attendant = { user: `x${n}`, client: 'x', holder: 'x' };
      this.ledger.enter(place, attendant, '0');
      void this.#took(this.#world.inner.enter(place, attendant, '0'));
    }
  }

  async open(sink: PresenceSink): Promise<void> {
    await this.#world.inner.open({
      ...sink,
      changed: (place, change) => {
        this.ledger.changed(place, change);
        return sink.changed(place, change);
      },
    });
  }

  async listen(): Promise<void> {
    await this.#world.inner.listen();
  }

  async enter(place: string, attendant: Attendant, state: string): Promise<void> {
    this.#mayEnter(place, attendant);
    const before = this.#asked.find((one) => same(one, place, attendant));
    const { session } = this.#world;
    if (before !== undefined && session(before.holder) > session(attendant.holder)) this.overtaken.add(attendant.user);
    this.#asked = this.#asked.filter((one) => one !== before);
    this.#asked.push({ ...attendant, place, leaving: false });
    // Nobody would try again for the hub itself.
    const gate = this.#world.gates.pass('presence');
    return this.#turns.take(place, own(place) ? settled(gate) : gate, async () => {
      this.#check();
      this.ledger.enter(place, attendant, state);
      await this.#took(this.#world.inner.enter(place, attendant, state));
    });
  }

  async leave(place: string, attendant: Attendant, afterMs: number): Promise<void> {
    this.#mayLeave(place, attendant, afterMs);
    const asked = this.#asked.find((one) => same(one, place, attendant) && one.holder === attendant.holder);
    if (asked !== undefined && afterMs > 0) asked.leaving = true;
    else this.#asked = this.#asked.filter((one) => one !== asked);
    return this.#turns.take(place, settled(this.#world.gates.pass('presence')), async () => {
      if (!this.#closed) this.ledger.leave(place, attendant, afterMs);
      await this.#took(this.#world.inner.leave(place, attendant, afterMs));
    });
  }

  async expel(user: string, place: string | null): Promise<void> {
    const gone = this.#asked.filter((one) => one.user === user && (place === null || one.place === place));
    await Promise.all(gone.map((one) => this.leave(one.place, one, 0)));
  }

  async follow(place: string): Promise<PlaceView> {
    return this.#turns.take(place, this.#world.gates.pass('presence'), async () => {
      this.#check();
      this.followed.add(place);
      const life = this.ledger.follow(place);
      return this.#saw(life, await this.#world.inner.follow(place));
    });
  }

  async unfollow(place: string): Promise<void> {
    return this.#turns.take(place, settled(this.#world.gates.pass('presence')), async () => {
      this.followed.delete(place);
      this.ledger.unfollow(place);
      await this.#world.inner.unfollow(place);
    });
  }

  async look(place: string): Promise<PlaceView> {
    await this.#world.gates.pass('presence');
    this.#check();
    const life = this.ledger.current(place);
    const view = await this.#world.inner.look(place);
    return life === null ? view : this.#saw(life, view);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#world.inner.close();
  }

  /** Lets something happen for a reason: whoever leaves meanwhile has to be let go accordingly. */
  during(mood: Mood, run: () => void): void {
    const before = this.#mood;
    this.#mood = mood;
    try {
      run();
    } finally {
      this.#mood = before;
    }
  }

  /** Lets something happen after which whoever is in a channel, or in any, must be gone for good. */
  mustGo(user: string, channel: string | null, run: () => void): void {
    const concerned = this.#asked.filter(
      (one) => !own(one.place) && one.user === user && (channel === null || one.place === channel),
    );
    this.during('gone', run);
    for (const one of concerned) {
      if (this.#asked.includes(one)) this.#world.journal.fail(`${user} was thrown out, and stays in ${one.place}`);
    }
  }

  #mayEnter(channel: string, { user }: Attendant): void {
    if (!channel.startsWith('room:')) return;
    const { permissions, journal } = this.#world;
    const now = journal.moment();
    const since = permissions.revokedBefore(user, channel, now.order);
    if (!permissions.allowedBetween({ operation: 'enter', user, channel }, since, now)) {
      journal.fail(`${user} was let into ${channel}, and no rule has allowed it`);
    }
  }

  #mayLeave(place: string, { user }: Attendant, afterMs: number): void {
    if (own(place)) return;
    const { permissions, journal, graceMs } = this.#world;
    const question = { operation: 'enter', user, channel: place } as const;
    const mayGo = this.#mood === 'gone' || permissions.wantedToLeave(user, place) || permissions.everDenied(question);
    if (this.#mood === 'gone' && afterMs !== 0) journal.fail(`${user} has gone, and is kept in ${place}`);
    if (afterMs !== 0 && afterMs !== graceMs) journal.fail(`${user} is kept in ${place} for ${afterMs} ms`);
    if (afterMs !== graceMs && (this.#mood === 'broken' || !mayGo))
      journal.fail(`${user} may come back, and is not kept in ${place}`);
  }

  async #took(effect: Promise<void>): Promise<void> {
    // A memory store does what it is asked within the call.
    if (!this.#closed) this.ledger.done();
    await effect;
  }

  #saw(life: PresenceLife, view: PlaceView): PlaceView {
    this.ledger.saw(life, view);
    return view;
  }

  #check(): void {
    if (this.#closed) throw new RtError('broker_failed', 'this presence is closed');
  }
}

/** Whether a place is the hub's own. */
function own(place: string): boolean {
  return place.startsWith('rt.');
}

function same(one: Asked, place: string, { user, client }: Attendant): boolean {
  return one.place === place && one.user === user && one.client === client;
}

/** Late, but without failing: what is let go of is let go of. */
function settled(gate: Promise<void> | null): Promise<void> | null {
  return gate?.catch(() => {}) ?? null;
}
