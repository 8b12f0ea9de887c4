import type { Attendant, Channels, Hub } from '@rt/core';
import { channel, createHub, defineChannels, memoryPresence } from '@rt/core';
import { createVirtualClock, PresenceModel, seededRandom } from '@rt/testkit';
import { expect } from 'vitest';
import { z } from 'zod';
import { MembersView } from '../support/members-view.ts';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedSession } from '../support/simulated-session.ts';
import type { ToldEvent } from './presence-events.ts';
import { checkEvents, occupied, online } from './presence-events.ts';
import type { PresenceStep } from './presence-schedule.ts';
import type { Place, Tab } from './presence-tab.ts';
import { answerOf, kindOf, places, told } from './presence-tab.ts';
import { watched } from './watched-presence.ts';

const graceMs: Readonly<Record<Place, number>> = { 'room:1': 50, 'hall:1': 20 };
const hubGraceMs = 30;
/** Where more are than this, a few are told. */
const listUpTo = 3;
const users = ['ada', 'bob', 'eve', 'dan', 'fay', 'gus', 'hal', 'ivy', null] as const;

type Events = { readonly said: z.ZodString };
type States = { readonly 'room:{id}': z.ZodNumber; readonly 'hall:{id}': z.ZodNumber };
type WorldChannels = Channels<{ readonly 'room:{id}': Events; readonly 'hall:{id}': Events }, States>;

/** A hub under a virtual clock beside the model of who is where. */
class PresenceWorld {
  readonly clock = createVirtualClock();
  readonly model = new PresenceModel();
  readonly tabs: Tab[] = [];
  readonly events: ToldEvent[] = [];
  readonly errors: unknown[] = [];
  readonly hub: Hub<{ readonly 'room:{id}': Events; readonly 'hall:{id}': Events }, States>;
  readonly #denied = new Set<string>();
  /** The places that the hub follows: those that are observed. */
  readonly #followed = new Set<string>();
  readonly #remembered = new Map<Place, MembersView[]>(places.map((place) => [place, []]));
  readonly #reached: Map<string, number>;
  #secrets = 0;

  /** `reached` counts what has happened, over many worlds. */
  constructor(seed: number, reached: Map<string, number>) {
    this.#reached = reached;
    const runtime = {
      clock: this.clock,
      random: seededRandom(seed),
      secret: () => `session${(this.#secrets += 1)}`,
    };
    this.hub = createHub({
      channels: this.#channels(),
      runtime,
      heartbeat: false,
      presence: { graceMs: hubGraceMs, store: watched(memoryPresence(runtime), this.#followed) },
      limits: { rates: false },
      auth: { tokens: (token) => ({ user: { id: token } }) },
      observe: (event) => {
        if (event.type === 'error') this.errors.push(event);
      },
    });
    this.hub.onPresence((event) => {
      expect(event.type).not.toBe('missed');
      if (event.type === 'missed') return;
      this.events.push(event);
      this.#reach(event.type);
    });
  }

  async take(step: PresenceStep): Promise<void> {
    switch (step.type) {
      case 'connect':
        return this.#connect(users[step.user % users.length] ?? null, step.client);
      case 'disconnect':
        this.#disconnect(users[step.user % users.length] ?? null);
        break;
      case 'deny':
        this.#toggle(`${step.what} ${users[step.user % users.length]} ${placeOf(step)}`);
        break;
      case 'revoke':
        this.#revoke(users[step.user % users.length] ?? null, placeOf(step));
        break;
      case 'crowd':
      case 'thin':
        for (const [index, tab] of this.#open().entries()) {
          await this.#begun(tab);
          if (step.type === 'crowd') this.#enter(tab, { ...step, type: 'enter', tab: 0, along: 'nothing' });
          else if (index > 1) this.#leave(tab, placeOf(step));
          await microtasks();
        }
        break;
      case 'turn':
        this.clock.turn();
        break;
      case 'pass':
        this.#pass(step.ms);
        break;
      case 'check':
        return this.check();
      case 'quiet':
        return this.quiet();
      default: {
        const open = this.#open();
        const tab = open[step.tab % Math.max(1, open.length)];
        if (tab === undefined) break;
        if (!['cut', 'close', 'stop', 'read'].includes(step.type)) await this.#begun(tab);
        if (!tab.session.closed) this.#act(tab, step);
      }
    }
    await microtasks();
  }

  #open(): readonly Tab[] {
    return this.tabs.filter(({ session }) => !session.closed);
  }

  /**
   * Mostly what a tab does next is in order after a subscription that has not begun: it begins in this turn. Whatever else
   * happens meanwhile is not held up.
   */
  async #begun({ session, expected }: Tab): Promise<void> {
    if ([...expected.keys()].every((id) => session.answer(id) !== null)) return;
    this.clock.turn();
    await microtasks();
  }

  #act(tab: Tab, step: Extract<PresenceStep, { readonly tab: number }>): void {
    switch (step.type) {
      case 'enter':
        return this.#enter(tab, step);
      case 'leave':
        return this.#leave(tab, placeOf(step));
      case 'observe':
        return this.#observe(tab, placeOf(step), step.from);
      case 'unsubscribe':
        return this.#unsubscribe(tab, placeOf(step));
      case 'remember': {
        const view = tab.views.get(placeOf(step));
        if (view?.lists === true) this.#remembered.get(placeOf(step))?.push(new MembersView(view));
        return;
      }
      case 'refresh':
        return this.#refresh(tab);
      case 'cut':
      case 'close':
        return this.#end(tab, step.type);
      case 'stop':
      case 'read':
        return tab.session[step.type]();
    }
  }

  async #connect(user: string | null, client: number): Promise<void> {
    const holder = `tab ${this.tabs.length}`;
    const named = client === 0 ? null : `client ${client}`;
    const session = await SimulatedSession.open(this.hub, user === null ? null : { id: user }, {
      ...(named !== null && { client: named }),
    });
    const tab: Tab = {
      session,
      user,
      client: named ?? holder,
      holder,
      entered: new Map(),
      observing: new Set(),
      views: new Map(),
      asked: new Map(),
      revocations: 0,
      expected: new Map([[1, /^connected$/]]),
    };
    session.onFrame = (frame) => {
      told(tab, frame);
      if (frame.type === 'presence') this.#reach(kindOf(frame));
      if (frame.type === 'subscribed' && frame.presence !== undefined) this.#reach(`first ${kindOf(frame.presence)}`);
      if ('error' in frame && frame.error !== undefined) this.#reach(`${frame.type} ${frame.error.code}`);
    };
    this.tabs.push(tab);
    if (user !== null) this.model.enter(online, { user, client: holder, holder }, 'null');
    await microtasks();
  }

  #enter(tab: Tab, { along, state, ...step }: Extract<PresenceStep, { readonly type: 'enter' }>): void {
    const place = placeOf(step);
    const { user, client, holder, session } = tab;
    const id = session.send({ type: 'enter', channel: place, state });
    if (along === 'cut' || along === 'close') return this.#end(tab, along);
    if (along === 'disconnect' && user !== null) return this.#disconnect(user);
    // The rule has allowed it by now: it has to be asked again.
    if (along === 'deny') this.#denied.add(`enter ${user} ${place}`);
    if (along === 'revoke' || along === 'deny') this.#revoke(user, place);
    const denied = user === null || this.#denied.has(`enter ${user} ${place}`);
    tab.expected.set(id, denied ? /^enter_denied$/ : /^entered$/);
    if (denied) return;
    const attendant: Attendant = { user, client, holder };
    tab.entered.set(place, attendant);
    this.model.enter(place, attendant, `${state}`);
  }

  #leave(tab: Tab, place: Place): void {
    tab.expected.set(tab.session.send({ type: 'leave', channel: place }), /^left$/);
    this.#left(tab, place, 0);
  }

  #left(tab: Tab, place: Place, afterMs: number): void {
    const attendant = tab.entered.get(place);
    tab.entered.delete(place);
    if (attendant !== undefined) this.model.leave(place, attendant, afterMs);
  }

  #observe(tab: Tab, place: Place, from: number | null): void {
    const remembered = this.#remembered.get(place) ?? [];
    const view = from === null ? undefined : remembered[from % Math.max(1, remembered.length)];
    const id = tab.session.send({ type: 'subscribe', channel: place, presence: view?.position ?? true });
    if (tab.observing.has(place)) return void tab.expected.set(id, /^subscribed_already$/);
    if (this.#denied.has(`members ${tab.user} ${place}`)) return void tab.expected.set(id, /^members_denied$/);
    tab.expected.set(id, /^(subscribed|permission_revoked)$/);
    tab.asked.set(id, new MembersView(view));
    tab.observing.add(place);
    this.model.enter(occupied, { user: place, client: 'node', holder: 'node' }, 'null');
  }

  #unsubscribe(tab: Tab, place: Place): void {
    tab.expected.set(tab.session.send({ type: 'unsubscribe', channel: place }), /^unsubscribed$/);
    this.#unobserved(tab, place);
  }

  #unobserved(tab: Tab, place: Place): void {
    if (!tab.observing.delete(place) || this.tabs.some(({ observing }) => observing.has(place))) return;
    this.model.leave(occupied, { user: place, client: 'node', holder: 'node' }, hubGraceMs);
  }

  #refresh(tab: Tab): void {
    if (tab.user === null) return;
    tab.expected.set(tab.session.send({ type: 'refresh', token: tab.user }), /^refreshed$/);
    for (const place of [...tab.observing]) {
      if (this.#denied.has(`members ${tab.user} ${place}`)) this.#unobserved(tab, place);
    }
    for (const place of [...tab.entered.keys()]) {
      if (this.#denied.has(`enter ${tab.user} ${place}`)) this.#revoked(tab, place);
    }
  }

  #end(tab: Tab, how: 'cut' | 'close' | 'disconnected'): void {
    if (how === 'cut') tab.session.cut();
    if (how === 'close') tab.session.leave();
    for (const place of [...tab.entered.keys()]) this.#left(tab, place, how === 'cut' ? graceMs[place] : 0);
    for (const place of [...tab.observing]) this.#unobserved(tab, place);
    const { user, holder } = tab;
    if (user !== null) this.model.leave(online, { user, client: holder, holder }, how === 'cut' ? hubGraceMs : 0);
  }

  #disconnect(user: string | null): void {
    const gone = this.tabs.filter((tab) => tab.user === user && !tab.session.closed);
    if (user === null) return;
    void this.hub.disconnect({ user });
    for (const tab of gone) this.#end(tab, 'disconnected');
    this.model.expel(user, null);
  }

  #revoke(user: string | null, place: Place): void {
    if (user === null) return;
    void this.hub.revoke({ user, channel: place });
    for (const tab of this.tabs.filter((each) => each.user === user && !each.session.closed)) {
      this.#unobserved(tab, place);
      this.#revoked(tab, place);
    }
    this.model.expel(user, place);
  }

  #reach(what: string): void {
    this.#reached.set(what, (this.#reached.get(what) ?? 0) + 1);
  }

  #revoked(tab: Tab, place: Place): void {
    if (tab.entered.has(place)) tab.revocations += 1;
    this.#left(tab, place, 0);
  }

  #toggle(what: string): void {
    if (!this.#denied.delete(what)) this.#denied.add(what);
  }

  #pass(ms: number): void {
    this.model.pass(ms);
    this.clock.advance(ms);
  }

  /** What everybody who reads sees at once. */
  async check(): Promise<void> {
    await settle(this.clock);
    expect(this.errors).toEqual([]);
    for (const place of places) {
      const { members } = await this.hub.channel(place).members();
      expect(byUser(members)).toEqual(this.#truth(place));
    }
    expect(this.#followed).toEqual(new Set(this.tabs.flatMap(({ observing }) => [...observing])));
    for (const tab of this.tabs.filter(({ session }) => !session.closed && session.reading)) {
      expect([...tab.views.keys()].toSorted()).toEqual([...tab.observing].toSorted());
      for (const [id, expected] of tab.expected) expect(answerOf(tab.session.answer(id))).toMatch(expected);
      expect(tab.session.frames.filter(({ type, ...frame }) => type === 'left' && 'error' in frame)).toHaveLength(
        tab.revocations,
      );
      this.#see(tab, 'room:1', 500);
    }
    checkEvents(this.events, this.model.told);
  }

  /** What everybody who reads sees once nothing is under way: all graces are over, and all samples told. */
  async quiet(): Promise<void> {
    await settle(this.clock);
    for (const ms of [60, 1000]) {
      this.#pass(ms);
      await this.check();
    }
    for (const tab of this.tabs) if (!tab.session.closed && tab.session.reading) this.#see(tab, 'hall:1', listUpTo);
  }

  #see({ views }: Tab, place: Place, most: number): void {
    const view = views.get(place);
    if (view === undefined) return;
    const truth = this.#truth(place);
    const connections = truth.reduce((sum, member) => sum + member.connections, 0);
    expect([view.count, view.connections], place).toEqual([truth.length, connections]);
    if (view.lists) expect(byUser([...view.members.values()])).toEqual(truth);
    else for (const member of view.members.values()) expect(truth).toContainEqual(member);
    // In between it stays as it was.
    if (truth.length > most) expect(view.lists).toBe(false);
    if (truth.length <= most * 0.8) expect(view.lists).toBe(true);
  }

  #truth(place: Place): readonly { user: string; state: unknown; connections: number }[] {
    return byUser(
      this.model.members(place).map(({ state, ...member }) => ({ ...member, state: JSON.parse(state) as unknown })),
    );
  }

  async end(): Promise<void> {
    for (const { session } of this.tabs) session.read();
    await this.quiet();
    await closeUnder(this.clock, this.hub);
    expect(this.errors).toEqual([]);
    for (const { session } of this.tabs) expect(session.closed).toBe(true);
    expect(this.clock.waiting).toBe(0);
  }

  #channels(): WorldChannels {
    const allows =
      (what: string) =>
      async ({ user, channel: name }: { readonly user: unknown; readonly channel: string }): Promise<boolean> =>
        !this.#denied.has(`${what} ${(user as { id: string } | null)?.id ?? null} ${name}`);
    const rules = { subscribe: 'anyone', enter: allows('enter'), members: allows('members') } as const;
    const events = { said: z.string() };
    return defineChannels({
      'room:{id}': channel({ events, ...rules, presence: { state: z.number(), graceMs: graceMs['room:1'] } }),
      'hall:{id}': channel({ events, ...rules, presence: { state: z.number(), graceMs: graceMs['hall:1'], listUpTo } }),
    });
  }
}

function placeOf({ place }: { readonly place: number }): Place {
  return place === 0 ? 'room:1' : 'hall:1';
}

function byUser<Member extends { readonly user: string }>(members: readonly Member[]): readonly Member[] {
  return members.toSorted((one, other) => (one.user < other.user ? -1 : 1));
}

/** Lets promises go on, and no turn begin. */
async function microtasks(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** It begins with a tab for everybody, and one who observes all. */
const prelude: readonly PresenceStep[] = [
  ...users.map((_, user) => ({ type: 'connect', user, client: 1 }) as const),
  ...places.map((_, place) => ({ type: 'observe', tab: users.length - 1, place, from: null }) as const),
];

/** Plays a schedule, and fails if anybody sees, or is told, what is not true. */
export async function playPresence(
  steps: readonly PresenceStep[],
  seed: number,
  reached: Map<string, number>,
): Promise<void> {
  const world = new PresenceWorld(seed, reached);
  for (const step of prelude) await world.take(step);
  for (const step of steps) await world.take(step);
  await world.end();
}
