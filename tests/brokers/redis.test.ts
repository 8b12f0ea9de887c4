import { once } from 'node:events';
import { redisBroker } from '@rt/redis';
import type { RedisBrokerOptions } from '@rt/redis';
import { brokerSuite, createVirtualClock } from '@rt/testkit';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisServer } from '../support/redis-server.ts';

let server: RedisServer;
const cleanUps: (() => unknown)[] = [];

beforeAll(async () => {
  server = await RedisServer.start();
});

afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  await server.stop();
});

interface Client {
  readonly redis: RedisBrokerOptions['redis'];
  close(): void;
}

const clients: readonly (readonly [name: string, connect: (port: number) => Promise<Client>])[] = [
  [
    'ioredis',
    async (port) => {
      const redis = new Redis(port);
      await once(redis, 'ready');
      return { redis, close: () => redis.disconnect() };
    },
  ],
  [
    'redis',
    async (port) => {
      const redis = createClient({ url: `redis://127.0.0.1:${port}` });
      redis.on('error', () => {});
      await redis.connect();
      return { redis, close: () => redis.destroy() };
    },
  ],
];

describe.each(clients)('redis broker over %s', (_name, connect) => {
  let client: Client;
  let count = 0;
  let clock = createVirtualClock();

  beforeAll(async () => {
    client = await connect(server.port);
    cleanUps.push(() => client.close());
  });

  brokerSuite((name, run) => test(name, run), {
    create() {
      count += 1;
      clock = createVirtualClock();
      const own = clock;
      const testing = { clock: own, serverNow: () => own.now() };
      return redisBroker({ redis: client.redis, prefix: `${_name} ${count}:`, testing });
    },
    async pass(ms) {
      clock.advance(ms);
    },
  });

  // RT-CLUSTER-1
  test('a log that is compared while much is said of it never goes back', async () => {
    const broker = redisBroker({ redis: client.redis, prefix: `${_name} busy:`, checkEveryMs: 1 });
    let top = 0;
    const back: string[] = [];
    await broker.open({
      appended: (_, { offset }) => void (top = offset),
      passed: () => {},
      replaced(_, log) {
        if (log.top < top) back.push(`from ${top} to ${log.top}`);
        top = log.top;
      },
      troubled: () => {},
    });
    const keep = { count: 50, forMs: 60_000, newestOnly: true };
    await broker.follow('x', keep);
    for (let round = 0; round < 60; round += 1) {
      const said = Array.from({ length: 20 }, (_, n) => ({ subject: `${n}`, removes: false }));
      await Promise.all(said.map((about) => broker.append('x', 'said', { keep, about })));
    }
    await broker.close();
    expect(back).toEqual([]);
  });
});
