import { once } from 'node:events';
import { redisBroker } from '@rt/redis';
import { within } from '@rt/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { clients } from '../support/redis-clients.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { SimulatedSession } from '../support/simulated-session.ts';
import type { TestHub } from '../support/hub.ts';
import { testHub } from '../support/hub.ts';

let server: RedisServer;
let neighbour: Redis;

beforeAll(async () => {
  server = await RedisServer.start();
  neighbour = new Redis(server.port);
  await once(neighbour, 'ready');
});

afterAll(async () => {
  neighbour.disconnect();
  await server.stop();
});

async function ready(made: TestHub): Promise<TestHub> {
  onTestFinished(() => made.hub.close({ withinMs: 100 }));
  while (!made.hub.health().ready) await new Promise(setImmediate);
  return made;
}

/** What is no message of ours, whatever it is said in. */
const garbage = [
  '',
  'x',
  '{',
  'null',
  '7',
  '!',
  '!{\nsaid\n1',
  'k 1',
  'epoch branch 1 2 3',
  '{"type":"waiting","from":"x"}',
  '{"type":"alive","from":"x","unknown":7}',
  '{"type":"ask","from":"x","id":1,"text":"{"}',
  '{"type":"ask","from":"x","id":2,"text":"null"}',
  '{"type":"dance"}',
];

describe.each(clients)('over %s', (name, connect) => {
  // RT-SAFE-9
  test('whatever somebody else says in the channels of a hub ends nothing, and is told to the observer', async () => {
    const { redis, close } = await connect(server.port);
    onTestFinished(close);
    const prefix = `garbage ${name}:`;
    const { hub, events } = await ready(testHub({ broker: redisBroker({ redis, prefix }) }));
    const reader = new SimulatedPeer('channel=open:1');
    await hub.handle(reader, () => null);
    const session = await SimulatedSession.open(hub, 'ada');
    session.send({ type: 'subscribe', channel: 'open:2' });
    const heard = (await neighbour.pubsub('CHANNELS', `${prefix}*`)) as readonly string[];
    expect(heard.length).toBeGreaterThan(2);
    for (const channel of heard) for (const text of garbage) await neighbour.publish(channel, text);
    await hub.channel('open:1').publish('said', 'still here');
    await within(
      'the publication',
      (async () => {
        while (!JSON.stringify(reader.items).includes('still here')) await new Promise(setImmediate);
      })(),
    );
    expect(events.filter(({ type }) => type === 'error').length).toBeGreaterThan(0);
    session.leave();
  });
});

// RT-SAFE-9
test('what somebody else has written where a channel is kept is refused, and not shown', async () => {
  const { hub, events } = await ready(testHub({ broker: redisBroker({ redis: neighbour, prefix: 'written:' }) }));
  await hub.channel('open:1').publish('said', 1);
  await neighbour.rpush('written:{open:1}:entries', 'the password is hunter2');
  await neighbour.set('written:{open:2}:meta', 'the password is hunter2');
  const session = await SimulatedSession.open(hub, 'ada');
  const answers = ['open:1', 'open:2'].map((channel) => session.send({ type: 'history', channel }));
  const all = async (): Promise<void> => {
    while (answers.some((id) => session.answer(id) === null)) await new Promise(setImmediate);
  };
  await within('the answers', all());
  const told = answers.map((id) => session.answer(id));
  expect(told).toMatchObject([{ error: { code: 'broker_failed' } }, { error: { code: 'broker_failed' } }]);
  expect(JSON.stringify(told)).not.toContain('hunter2');
  expect(events.filter((event) => event.type === 'error' && event.stage === 'broker')).toHaveLength(2);
  session.leave();
});

// RT-SAFE-10
test('hubs with prefixes of their own share nothing, however alike these are', async () => {
  const prefixes = ['app', 'app:', 'app:1', 'app:{1}', 'APP'];
  const hubs = await Promise.all(
    prefixes.map((prefix) => ready(testHub({ broker: redisBroker({ redis: neighbour, prefix }) }))),
  );
  for (const [at, { hub }] of hubs.entries()) await hub.channel('open:1').publish('said', prefixes[at]);
  for (const [at, { hub }] of hubs.entries()) {
    const { publications } = await hub.channel('open:1').history();
    expect(publications.map(({ data }) => data)).toEqual([prefixes[at]]);
    expect(await hub.disconnect({ user: 'ada' })).toEqual({ nodes: 1, answered: 1 });
  }
});

// RT-SAFE-10
test('a hub needs nothing of Redis outside its prefix, so that a user of its own can be kept to that', async () => {
  await neighbour.acl('SETUSER', 'app', 'on', '>secret', '~mine:*', '&mine:*', '+@all', '-@admin');
  const redis = new Redis(server.port, { username: 'app', password: 'secret' });
  onTestFinished(() => redis.disconnect());
  await once(redis, 'ready');
  await expect(redis.get('app{open:1}:meta')).rejects.toThrow('NOPERM');
  const made = await ready(testHub({ broker: redisBroker({ redis, prefix: 'mine:' }) }));
  const { hub, events } = made;
  const reader = new SimulatedPeer('channel=open:1');
  await hub.handle(reader, () => null);
  await hub.channel('open:1').publish('said', 'mine');
  const session = await SimulatedSession.open(hub, 'ada');
  const id = session.send({ type: 'publish', channel: 'talk:1', event: 'said', data: 1, key: 'k' });
  const all = async (): Promise<void> => {
    while (session.answer(id) === null || !JSON.stringify(reader.items).includes('mine')) {
      await new Promise(setImmediate);
    }
  };
  await within('the publications', all());
  expect(session.answer(id)).toMatchObject({ type: 'published' });
  expect(await hub.disconnect({ user: 'ada' })).toEqual({ nodes: 1, answered: 1 });
  expect(events.filter(({ type }) => type === 'error')).toEqual([]);
});
