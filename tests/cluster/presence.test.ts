import type { PresenceEvent } from '@rt/core';
import { channel, createHub, defineChannels } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { createVirtualClock } from '@rt/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { MembersView } from '../support/members-view.ts';
import { redisOfFile } from '../support/redis-of-file.ts';
import { closeUnder } from '../support/settle.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

const graceMs = 5000;
const place = 'room:1';
const channels = defineChannels({
  'room:{id}': channel({
    events: { said: z.string() },
    subscribe: 'anyone',
    enter: 'anyone',
    presence: { state: z.string(), graceMs },
  }),
});
const redisNow = redisOfFile();
let clusters = 0;

function nodeOver(prefix: string, serverNow: () => number) {
  const clock = createVirtualClock();
  const testing = { clock, serverNow };
  const broker = redisBroker({ redis: redisNow(), prefix, probeEveryMs: 1e12, checkEveryMs: 1e12, testing });
  return { clock, hub: createHub({ channels, broker, runtime: { clock }, heartbeat: false, observe() {} }) };
}

type Node = ReturnType<typeof nodeOver>;

/** Listens to who joins, by listeners of which one fails: the one that is told first. */
function oneFails(nodes: readonly Node[]) {
  const listeners: { failing: Node | null; readonly taken: string[] } = { failing: null, taken: [] };
  for (const node of nodes) {
    node.hub.onPresence((event) => {
      if (event.type !== 'joined') return;
      listeners.failing ??= node;
      if (listeners.failing === node) throw new Error('it cannot be taken');
      listeners.taken.push(event.user);
    });
  }
  return listeners;
}

/** Two hubs over one server, and what both tell together. */
async function ground() {
  clusters += 1;
  const prefix = `presence ${clusters}:`;
  const serverClock = createVirtualClock();
  const nodes = [1, 2].map(() => nodeOver(prefix, () => serverClock.now()));
  const [one, two] = nodes as [Node, Node];
  const closed = new Set<Node>();
  const events: PresenceEvent[] = [];
  for (const { hub } of nodes) hub.onPresence((event) => void events.push(event));
  const turn = (): void => {
    for (const { clock } of nodes) clock.advance(0);
    for (const { clock } of nodes) clock.turn();
  };
  const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
    await eventually(what, async () => {
      turn();
      return isSo();
    });
  };
  const close = async (node: Node): Promise<void> => {
    closed.add(node);
    await closeUnder(node.clock, node.hub);
  };
  onTestFinished(async () => {
    for (const node of nodes.filter((each) => !closed.has(each))) await close(node);
  });
  const all = {
    one,
    two,
    events,
    until,
    close,
    /** Lets time pass on these nodes, and for the server. */
    async pass(ms: number, awake: readonly Node[] = nodes): Promise<void> {
      for (let leftMs = ms; leftMs > 0; leftMs -= 500) {
        serverClock.advance(Math.min(500, leftMs));
        for (const { clock } of awake) clock.advance(Math.min(500, leftMs));
        // What is asked of the server by then has been answered.
        for (const { hub } of awake) await hub.channel(place).members();
      }
    },
    async session({ hub }: Node, user: string, client = 'c'): Promise<SimulatedSession> {
      return SimulatedSession.open(hub, user, { client });
    },
    /** A session that has entered. */
    async enter(node: Node, user: string, client = 'c', state = user): Promise<SimulatedSession> {
      const session = await all.session(node, user, client);
      const id = session.send({ type: 'enter', channel: place, state });
      await until(`${user} has entered`, () => session.answer(id)?.type === 'entered');
      return session;
    },
    /** Somebody who is told who is there. */
    async watch({ hub }: Node) {
      const session = await SimulatedSession.open(hub, null);
      const view = new MembersView();
      const told: ('all' | 'changes')[] = [];
      session.onFrame = (frame) => {
        if (frame.type === 'subscribed') view.begin(frame.presence);
        if (frame.type !== 'presence') return;
        view.take(frame);
        told.push('changed' in frame ? 'changes' : 'all');
      };
      const id = session.send({ type: 'subscribe', channel: place, presence: true });
      await until('it is subscribed', () => session.answer(id)?.type === 'subscribed');
      const users = (): string =>
        [...view.members.values()]
          .map(({ user, connections }) => `${user} ${connections}`)
          .toSorted()
          .join();
      return { told, users };
    },
    /** What has become of users in the room, or of their connections. */
    told: (...types: readonly PresenceEvent['type'][]): readonly string[] =>
      events.flatMap((event) => (types.includes(event.type) && 'user' in event ? [`${event.user} ${event.type}`] : [])),
  };
  return all;
}

describe('presence of two hubs over one server', () => {
  // RT-WHERE-1
  test('each says who is there through both, and what becomes of a user is told once', async () => {
    const { one, two, enter, watch, until, told } = await ground();
    const watchers = [await watch(one), await watch(two)];
    const first = await enter(one, 'ada', 'laptop', 'busy');
    const second = await enter(two, 'ada', 'phone', 'away');
    const bob = await enter(two, 'bob');
    for (const { users } of watchers) await until('both see all', () => users() === 'ada 2,bob 1');
    for (const { hub } of [one, two]) {
      expect((await hub.channel(place).members()).members).toEqual([
        { user: 'ada', state: 'away', connections: 2 },
        { user: 'bob', state: 'bob', connections: 1 },
      ]);
    }
    first.leave();
    bob.leave();
    for (const { users } of watchers) await until('both see who has left', () => users() === 'ada 1');
    second.leave();
    await until('ada has left', () => told('left').length === 2);
    expect(told('joined', 'left')).toEqual(['ada joined', 'bob joined', 'bob left', 'ada left']);
    await until('all are offline', () => told('offline').length === 2);
    expect(told('online', 'offline').filter((text) => text.startsWith('ada'))).toEqual(['ada online', 'ada offline']);
  });

  // RT-WHERE-6
  test('a client that comes back through the other one within the grace was never away', async () => {
    const { one, two, enter, watch, until, pass, told } = await ground();
    const watchers = [await watch(one), await watch(two)];
    const ada = await enter(one, 'ada');
    const bob = await enter(one, 'bob');
    for (const { users } of watchers) await until('both are seen', () => users() === 'ada 1,bob 1');
    const before = watchers.map((watcher) => watcher.told.length);
    ada.cut();
    bob.cut();
    await pass(graceMs - 1000);
    await enter(two, 'ada');
    expect(watchers.map((watcher) => watcher.told.length)).toEqual(before);
    await pass(graceMs * 3);
    for (const { users } of watchers) await until('bob is gone', () => users() === 'ada 1');
    await until('it is told', () => told('left').length > 0);
    expect(told('joined', 'left')).toEqual(['ada joined', 'bob joined', 'bob left']);
  });

  // RT-WHERE-6
  test('a deploy: those of a hub that closes are there until they are back, or the grace is over', async () => {
    const { one, two, enter, watch, until, pass, close, told } = await ground();
    const watcher = await watch(two);
    await enter(one, 'ada');
    await enter(one, 'bob');
    await until('both are seen', () => watcher.users() === 'ada 1,bob 1');
    const before = watcher.told.length;
    await close(one);
    await enter(two, 'ada');
    await pass(graceMs - 2000, [two]);
    expect(watcher.told).toHaveLength(before);
    await pass(20_000, [two]);
    await until('bob is gone', () => watcher.users() === 'ada 1');
    await until('it is told', () => told('left').length > 0);
    expect(told('joined', 'left')).toEqual(['ada joined', 'bob joined', 'bob left']);
  });

  // RT-WHERE-5
  test('what the listener of a hub that closes could not take is told through the other one', async () => {
    const { one, two, enter, until, close } = await ground();
    const listeners = oneFails([one, two]);
    await enter(two, 'ada');
    await enter(two, 'bob');
    await until('it is tried', () => listeners.failing !== null);
    await close(listeners.failing ?? one);
    await until('both are told', () => listeners.taken.length === 2);
    expect(listeners.taken).toEqual(['ada', 'bob']);
  });

  // RT-WHERE-2
  test('those of a hub that is no more are gone within 20 s', async () => {
    const { one, two, enter, watch, until, pass, told } = await ground();
    const watcher = await watch(two);
    await enter(one, 'ada');
    await enter(two, 'bob');
    await until('both are seen', () => watcher.users() === 'ada 1,bob 1');
    await pass(20_000, [two]);
    await until('ada is gone', () => watcher.users() === 'bob 1');
    await until('it is told', () => told('left').length > 0);
    expect(told('left')).toEqual(['ada left']);
  });

  // RT-WHERE-7
  test('what a hub has not heard its readers are told as what has changed', async () => {
    const { one, two, enter, watch, until } = await ground();
    const watcher = await watch(two);
    const ada = await enter(one, 'ada');
    await until('ada is seen', () => watcher.users() === 'ada 1');
    await redisNow().call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await enter(one, 'bob');
    await enter(one, 'eve');
    ada.leave();
    await until('all is seen', () => watcher.users() === 'bob 1,eve 1');
    await enter(one, 'carl');
    await until('what comes then is seen', () => watcher.users() === 'bob 1,carl 1,eve 1');
    expect(new Set(watcher.told)).toEqual(new Set(['changes']));
  });

  // RT-WHERE-3, RT-WHERE-7
  test('where all data is deleted, each reader is told all members, and then what changes', async () => {
    const { one, two, enter, watch, until, pass } = await ground();
    const watchers = [await watch(one), await watch(two)];
    await enter(one, 'ada');
    await enter(two, 'bob');
    for (const { users } of watchers) await until('both are seen', () => users() === 'ada 1,bob 1');
    await redisNow().flushall();
    await pass(5000);
    for (const { told, users } of watchers) {
      await until('both are seen again', () => told.includes('all') && users() === 'ada 1,bob 1');
    }
    await enter(two, 'eve');
    for (const { told, users } of watchers) {
      await until('all are seen', () => users() === 'ada 1,bob 1,eve 1');
      expect(told.at(-1)).toBe('changes');
    }
  });
});
