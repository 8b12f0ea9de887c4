import type { LogView, PlaceView, PresenceSink, PresenceStore } from '@rt/core';
import { channel, createHub, defineChannels, memoryPresence } from '@rt/core';
import type { VirtualClock } from '@rt/testkit';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { MembersView } from '../support/members-view.ts';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

const place = 'room:1';
const attendant = (user: string) => ({ user, client: 'c', holder: 'h' });

/** A place whose log becomes another one. */
class View implements PlaceView {
  of: PlaceView;
  constructor(of: PlaceView) {
    this.of = of;
  }
  get log(): LogView {
    return this.of.log;
  }
  get count(): number {
    return this.of.count;
  }
  get connections(): number {
    return this.of.connections;
  }
  sample(count: number): readonly string[] {
    return this.of.sample(count);
  }
}

/** A store whose engine may be exchanged for another one while places are followed, as a server that is restored is. */
class ReplaceableStore {
  readonly store: PresenceStore;
  readonly #clock: VirtualClock;
  readonly #views = new Map<string, View>();
  #sink: PresenceSink | null = null;
  #engine: PresenceStore;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.#engine = this.#create(1);
    this.store = {
      open: async (sink) => {
        this.#sink = sink;
        await this.#engine.open(this.#through(this.#engine));
      },
      listen: () => this.#engine.listen(),
      enter: (...entering) => this.#engine.enter(...entering),
      leave: (...leaving) => this.#engine.leave(...leaving),
      expel: (...expelling) => this.#engine.expel(...expelling),
      look: (name) => this.#engine.look(name),
      unfollow: (name) => this.#engine.unfollow(name),
      close: () => this.#engine.close(),
      follow: async (name) => {
        const view = new View(await this.#engine.follow(name));
        this.#views.set(name, view);
        return view;
      },
    };
  }

  /** Goes on with another engine, in which these users are. */
  async replace(seed: number, users: readonly string[]): Promise<void> {
    const engine = this.#create(seed);
    await engine.open(this.#through(engine));
    for (const user of users) await engine.enter(place, attendant(user), 'null');
    this.#engine = engine;
    for (const [name, view] of this.#views) {
      view.of = await engine.follow(name);
      this.#sink?.replaced(name);
    }
  }

  #create(seed: number): PresenceStore {
    return memoryPresence({ clock: this.#clock, random: seededRandom(seed) });
  }

  /** What an engine tells that is not the one, or has been exchanged, reaches nobody. */
  #through(engine: PresenceStore): PresenceSink {
    const isIt = (): boolean => engine === this.#engine;
    return {
      grown: (name) => void (isIt() && this.#sink?.grown(name)),
      replaced: (name) => void (isIt() && this.#sink?.replaced(name)),
      changed: async (name, change) => void (isIt() && (await this.#sink?.changed(name, change))),
      missed: (count) => void (isIt() && this.#sink?.missed(count)),
      troubled: (cause) => void (isIt() && this.#sink?.troubled(cause)),
    };
  }
}

async function ground(...names: readonly string[]) {
  const clock = createVirtualClock();
  const runtime = { clock, random: seededRandom(1) };
  const replaceable = new ReplaceableStore(clock);
  const { store } = replaceable;
  const channels = defineChannels({
    'room:{id}': channel({ events: { said: z.string() }, subscribe: 'anyone', enter: 'anyone', presence: {} }),
  });
  const hub = createHub({ channels, runtime, heartbeat: false, presence: { store } });
  for (const user of names) await store.enter(place, attendant(user), 'null');
  const observe = async () => {
    const session = await SimulatedSession.open(hub, null);
    const view = new MembersView();
    const told: ('all' | 'changes')[] = [];
    session.onFrame = (frame) => {
      if (frame.type === 'subscribed') view.begin(frame.presence);
      if (frame.type !== 'presence') return;
      view.take(frame);
      told.push('changed' in frame ? 'changes' : 'all');
    };
    session.send({ type: 'subscribe', channel: place, presence: true });
    await settle(clock);
    return { session, told, users: () => [...view.members.keys()].toSorted() };
  };
  const end = async (): Promise<void> => {
    await closeUnder(clock, hub);
    expect(clock.waiting).toBe(0);
  };
  return { clock, store, replaceable, observe, end };
}

// RT-WHERE-7
test('a log of who is there that is replaced is all members for each reader, once, and on from there', async () => {
  const { clock, store, replaceable, observe, end } = await ground('ada', 'bob');
  const [reader, slow] = [await observe(), await observe()];
  slow.session.stop();
  await store.enter(place, attendant('eve'), 'null');
  await settle(clock);
  await replaceable.replace(2, ['bob', 'carl']);
  await settle(clock);
  expect(reader.told).toEqual(['changes', 'all']);
  expect(reader.users()).toEqual(['bob', 'carl']);
  slow.session.read();
  await settle(clock);
  expect(slow.users()).toEqual(['bob', 'carl']);
  await store.leave(place, attendant('carl'), 0);
  await settle(clock);
  expect(reader.told).toEqual(['changes', 'all', 'changes']);
  for (const { users } of [reader, slow, await observe()]) expect(users()).toEqual(['bob']);
  await end();
});

test('one that is replaced again before anybody was told is told once', async () => {
  const { clock, store, replaceable, observe, end } = await ground('ada');
  const reader = await observe();
  void store.enter(place, attendant('bob'), 'null');
  await replaceable.replace(2, []);
  await replaceable.replace(3, ['eve']);
  await settle(clock);
  expect(reader.told).toEqual(['all']);
  expect(reader.users()).toEqual(['eve']);
  await end();
});

test('one in which nobody is tells that nobody is there', async () => {
  const { clock, store, replaceable, observe, end } = await ground('ada');
  const reader = await observe();
  await replaceable.replace(2, []);
  await settle(clock);
  expect(reader.users()).toEqual([]);
  await store.enter(place, attendant('bob'), 'null');
  await settle(clock);
  expect(reader.told).toEqual(['all', 'changes']);
  expect(reader.users()).toEqual(['bob']);
  await end();
});
