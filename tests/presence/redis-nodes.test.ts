import type { Attendant, Member, PresenceStore } from '@rt/core';
import { seededRandom } from '@rt/testkit';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import type { PresenceNode, PresenceNodes } from './redis-nodes.ts';
import { presenceNodes } from './redis-nodes.ts';

const one = (user: string, client = '1', holder = `${user} ${client}`): Attendant => ({ user, client, holder });

async function ground(count: number, listen = true) {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const redis = new Redis({ port: server.port, retryStrategy: () => 20, maxRetriesPerRequest: null });
  redis.on('error', () => {});
  onTestFinished(() => redis.disconnect());
  const all = presenceNodes(count, { redis, ports: [server.port], prefix: 'rt:' });
  onTestFinished(() => all.close());
  await all.open(listen);
  return { ...all, redisServer: server };
}

/** Who is there, as users and how many clients each has. */
async function members(store: PresenceStore, place = 'x'): Promise<readonly string[]> {
  const { log } = await store.look(place);
  return log
    .read(0)
    .entries.filter(({ about }) => about?.removes === false)
    .map(({ payload }) => JSON.parse(String(payload)) as Member & { connections: number })
    .map(({ user, connections }) => `${user} ${connections}`)
    .toSorted();
}

const what = ({ told }: Pick<PresenceNodes, 'told'>, user?: string): readonly string[] =>
  told.filter((change) => user === undefined || change.user === user).map(({ type, user: who }) => `${who} ${type}`);

function two(nodes: readonly PresenceNode[]): readonly [PresenceNode, PresenceNode] {
  return nodes as readonly [PresenceNode, PresenceNode];
}

/** Resolves when a node can ask the server again. */
async function answered({ store, clock }: PresenceNode): Promise<void> {
  await eventually('the server answers', async () => {
    clock.advance(0);
    return store.look('x').then(
      () => true,
      () => false,
    );
  });
}

describe('several nodes', () => {
  // RT-WHERE-1
  test('one joined and one left are told, whatever runs on all of them at the same time', async () => {
    const { nodes, told, rest } = await ground(3);
    const random = seededRandom(5);
    const anyOf = (from: readonly PresenceNode[]): PresenceStore =>
      (from[Math.floor(random() * from.length)] as PresenceNode).store;
    const rounds = 30;
    for (let round = 0; round < rounds; round += 1) {
      const clients = Array.from({ length: 12 }, (_, n) => one('ada', `${n}`));
      await Promise.all(clients.map((client) => anyOf(nodes).enter('x', client, `${round}`)));
      // Each leaves from any node, and some twice.
      const leaving = [...clients, ...clients.slice(0, 4)];
      await Promise.all(leaving.map((client) => anyOf(nodes).leave('x', client, 0)));
    }
    await rest();
    const ends = told.filter(({ type }) => type !== 'updated').map(({ type }) => type);
    expect(ends).toEqual(Array.from({ length: rounds }, () => ['joined', 'left']).flat());
    expect(told).toHaveLength(rounds * 24);
    const sequences = told.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b));
  });

  // RT-WHERE-2
  test('who is there by a node that has died is gone within 20 s, told once; who is back elsewhere stays', async () => {
    const all = await ground(3);
    const [dead, ...awake] = all.nodes as readonly [PresenceNode, PresenceNode, PresenceNode];
    const crowd = Array.from({ length: 250 }, (_, n) => one(`user ${n}`));
    await Promise.all(crowd.map((each) => dead.store.enter('y', each, 'null')));
    for (const user of ['ada', 'bob', 'eve']) await dead.store.enter('x', one(user), 'null');
    await awake[0]?.store.enter('x', one('ada', '2'), 'null');
    await awake[0]?.store.enter('x', one('eve', '1', 'another holder'), 'null');
    const view = await awake[1]?.store.follow('x');
    await all.pass(9000, awake, 1000);
    expect(await members(awake[0].store)).toEqual(['ada 2', 'bob 1', 'eve 1']);
    await all.pass(11_000, awake, 1000);
    expect(await members(awake[0].store)).toEqual(['ada 1', 'eve 1']);
    expect([view?.count, view?.connections]).toEqual([2, 2]);
    expect(await members(awake[0].store, 'y')).toEqual([]);
    expect(what(all, 'bob')).toEqual(['bob joined', 'bob left']);
    expect(what(all, 'eve')).toEqual(['eve joined']);
    expect(all.told.filter(({ type, place }) => type === 'left' && place === 'y')).toHaveLength(250);
  });

  // RT-WHERE-2
  test('who was leaving leaves when the time has come, also if the node is dead by then, and not before', async () => {
    const all = await ground(2);
    const [dead, awake] = two(all.nodes);
    await dead.store.enter('x', one('ada'), 'null');
    await dead.store.leave('x', one('ada'), 60_000);
    await all.pass(59_000, [awake], 1000);
    expect(await members(awake.store)).toEqual(['ada 1']);
    await all.pass(5000, [awake], 1000);
    expect(what(all)).toEqual(['ada joined', 'ada left']);
  });

  // RT-WHERE-3
  test('a node that was taken for dead says again who is there, and takes nobody from another holder', async () => {
    const all = await ground(2);
    const [frozen, awake] = two(all.nodes);
    for (const user of ['ada', 'bob', 'eve']) await frozen.store.enter('x', one(user), '"before"');
    await frozen.store.leave('x', one('eve'), 5000);
    await all.pass(20_000, [awake], 1000);
    expect(await members(awake.store)).toEqual([]);
    await awake.store.enter('x', one('bob', '1', 'another holder'), '"after"');
    await all.pass(4000);
    expect(await members(awake.store)).toEqual(['ada 1', 'bob 1']);
    // What comes late of the one before does nothing.
    await frozen.store.leave('x', one('bob'), 0);
    expect(await members(frozen.store)).toEqual(['ada 1', 'bob 1']);
    expect(what(all, 'bob')).toEqual(['bob joined', 'bob left', 'bob joined']);
    await awake.store.leave('x', one('bob', '1', 'another holder'), 0);
    await frozen.store.leave('x', one('ada'), 0);
    await all.pass(20_000, undefined, 1000);
    expect(what(all, 'ada')).toEqual(['ada joined', 'ada left', 'ada joined', 'ada left']);
    expect(await members(awake.store)).toEqual([]);
    expect(frozen.troubles).toEqual([]);
  });

  // RT-WHERE-4
  test('a server that stands still makes nobody leave, and what was asked meanwhile is done', async () => {
    const all = await ground(2);
    const [first, second] = two(all.nodes);
    await first.store.enter('x', one('ada', '1'), 'null');
    await second.store.enter('x', one('ada', '2'), 'null');
    all.redisServer.signal('SIGSTOP');
    const entering = second.store.enter('x', one('bob'), 'null');
    all.server.advance(60_000);
    for (const { clock } of all.nodes) clock.advance(60_000);
    all.redisServer.signal('SIGCONT');
    await entering;
    await all.pass(9000, undefined, 1000);
    expect(await members(first.store)).toEqual(['ada 2', 'bob 1']);
    expect(what(all)).toEqual(['ada joined', 'ada updated', 'bob joined']);
  });

  // RT-WHERE-3, RT-WHERE-7
  test.each(['all data is deleted', 'it is killed and comes back with nothing'])(
    'where %s, who is there is there again, and who has left is not',
    async (how) => {
      const all = await ground(2);
      const [first, second] = two(all.nodes);
      await first.store.enter('x', one('ada', '1'), '1');
      await second.store.enter('x', one('ada', '2'), '2');
      await second.store.enter('x', one('bob'), '3');
      await second.store.enter('x', one('eve'), '4');
      await second.store.leave('x', one('eve'), 1000);
      const views = [await first.store.follow('x'), await second.store.follow('x')];
      await all.rest();
      const before = all.told.length;
      const ways: Record<string, () => Promise<unknown>> = {
        'all data is deleted': () => all.admin.flushall(),
        'it is killed and comes back with nothing': async () => {
          await all.redisServer.kill();
          // Nothing can be done: it is known here alone.
          await expect(second.store.leave('x', one('bob'), 0)).rejects.toBeInstanceOf(Error);
          await all.redisServer.start();
          for (const node of all.nodes) await answered(node);
          await second.store.enter('x', one('bob'), '5');
        },
      };
      await ways[how]?.();
      await eventually('both have said again who is there', async () => {
        for (const { clock } of all.nodes) clock.advance(1000);
        all.server.advance(1000);
        return (await members(first.store)).join() === 'ada 2,bob 1';
      });
      await all.rest();
      for (const view of views) expect([view.count, view.connections]).toEqual([2, 3]);
      for (const { replaced } of all.nodes) expect(new Set(replaced)).toEqual(new Set(['x']));
      expect(all.missed).toEqual([1]);
      // Whoever keeps a table of them comes to know what is true.
      const table = new Set(['ada', 'bob', 'eve']);
      for (const { type, user } of all.told.slice(before)) {
        if (type === 'left') table.delete(user);
        else table.add(user);
      }
      expect(table).toEqual(new Set(['ada', 'bob']));
      await first.store.leave('x', one('ada', '1'), 0);
      await second.store.leave('x', one('ada', '2'), 0);
      await second.store.leave('x', one('bob'), 0);
      expect(await members(first.store)).toEqual([]);
    },
  );

  // RT-WHERE-3
  test('what failed is not left half done: who was refused is not there, who wanted to go is gone', async () => {
    const all = await ground(2);
    const [first, second] = two(all.nodes);
    await first.store.enter('x', one('ada'), '1');
    await all.redisServer.kill();
    await expect(first.store.leave('x', one('ada'), 0)).rejects.toBeInstanceOf(Error);
    await expect(first.store.enter('x', one('bob'), '1')).rejects.toBeInstanceOf(Error);
    // Nobody asks again for the hub itself.
    await expect(first.store.enter('rt.online', one('bob'), 'null')).rejects.toBeInstanceOf(Error);
    expect(first.troubles).not.toEqual([]);
    await all.redisServer.start();
    for (const node of all.nodes) await answered(node);
    await second.store.enter('x', one('eve'), '1');
    await all.pass(8000, undefined, 1000);
    expect(await members(second.store)).toEqual(['eve 1']);
    expect(await members(second.store, 'rt.online')).toEqual(['bob 1']);
  });

  // RT-WHERE-7
  test('what was not heard is read, and readers go on from where they were', async () => {
    const all = await ground(2);
    const [first, second] = two(all.nodes);
    await first.store.enter('x', one('ada'), '1');
    const view = await second.store.follow('x');
    await all.rest();
    const { top } = view.log;
    await all.admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await first.store.enter('x', one('bob'), '1');
    await first.store.leave('x', one('ada'), 0);
    await all.rest();
    expect(view.log.read(top).entries.map(({ about }) => about)).toEqual([
      { subject: 'bob', removes: false },
      { subject: 'ada', removes: true },
    ]);
    expect([view.count, view.connections]).toEqual([1, 1]);
    expect(second.replaced).toEqual([]);
  });

  // RT-WHERE-6
  test('a node that closes leaves nobody behind for longer than a lease, and whoever is back by then was never away', async () => {
    const all = await ground(2);
    const [closing, other] = two(all.nodes);
    await closing.store.enter('x', one('ada'), '1');
    await closing.store.enter('x', one('bob'), '1');
    await closing.store.close();
    await all.pass(5000, [other], 1000);
    await other.store.enter('x', one('ada', '1', 'another holder'), '1');
    await all.pass(15_000, [other], 1000);
    expect(await members(other.store)).toEqual(['ada 1']);
    expect(what(all)).toEqual(['ada joined', 'bob joined', 'bob left']);
  });
});

describe('what is told', () => {
  const isTold = (all: PresenceNodes, text: string): Promise<void> =>
    eventually(`it is told: ${text}`, () => what(all).at(-1) === text);

  // RT-WHERE-5
  test('by a node that ends before it was taken is told again by another one, in order', async () => {
    const all = await ground(3);
    const teller = all.nodes[0] as PresenceNode;
    const others = all.nodes.slice(1);
    await teller.store.enter('x', one('ada'), '1');
    await all.rest();
    teller.taking = new Promise(() => {});
    await others[0]?.store.enter('x', one('bob'), '1');
    await others[0]?.store.enter('x', one('eve'), '1');
    await isTold(all, 'eve joined');
    for (let ms = 0; ms < 15_000; ms += 1000) {
      all.server.advance(1000);
      for (const { clock } of others) clock.advance(1000);
      await others[0]?.store.look('x');
    }
    await all.rest(others);
    expect(all.told.map(({ node, user, type }) => [node === 0, user, type])).toEqual([
      [true, 'ada', 'joined'],
      [true, 'bob', 'joined'],
      [true, 'eve', 'joined'],
      [false, 'bob', 'joined'],
      [false, 'eve', 'joined'],
      [false, 'ada', 'left'],
    ]);
    const [, bob, eve, bobAgain, eveAgain] = all.told;
    expect([bobAgain?.sequence, eveAgain?.sequence]).toEqual([bob?.sequence, eve?.sequence]);
  });

  // RT-WHERE-5
  test('by a node that closes goes on at once with another one', async () => {
    const all = await ground(2);
    const [closing, other] = two(all.nodes);
    await closing.store.enter('x', one('ada'), '1');
    await all.rest();
    await closing.store.close();
    await other.store.enter('x', one('bob'), '1');
    await isTold(all, 'bob joined');
    expect(all.told.map(({ node }) => node)).toEqual([0, 1]);
  });

  // RT-WHERE-5
  test('one after the other is let go of as it is taken, and what is too much is counted', async () => {
    const all = await ground(1);
    const node = all.nodes[0] as PresenceNode;
    let take = (): void => {};
    node.taking = new Promise((resolve) => (take = resolve));
    const crowd = Array.from({ length: 10_150 }, (_, n) => one(`${n}`));
    await Promise.all(crowd.map((each) => node.store.enter('x', each, '1')));
    take();
    await all.rest();
    expect(all.missed.reduce((sum, count) => sum + count, 0)).toBe(150);
    const users = all.told.map(({ user }) => Number(user));
    expect(users.slice(-10_000)).toEqual(Array.from({ length: 10_000 }, (_, n) => 150 + n));
    expect(new Set(users.toSorted((a, b) => a - b)).size).toBeLessThanOrEqual(10_100);
  });

  test('is kept only once somebody listens, and then until somebody does again', async () => {
    const all = await ground(2, false);
    const [first, second] = two(all.nodes);
    await first.store.enter('x', one('ada'), '1');
    await first.store.listen();
    await first.store.enter('x', one('bob'), '1');
    await isTold(all, 'bob joined');
    await first.store.close();
    await second.store.enter('x', one('eve'), '1');
    await second.store.listen();
    await isTold(all, 'eve joined');
    expect(what(all)).toEqual(['bob joined', 'eve joined']);
  });
});
