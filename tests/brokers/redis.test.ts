import { once } from 'node:events';
import { redisBroker } from '@rt/redis';
import type { RedisBrokerOptions } from '@rt/redis';
import { brokerSuite, createVirtualClock } from '@rt/testkit';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, test } from 'vitest';
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
});
