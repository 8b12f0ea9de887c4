import { channel, createHub, defineChannels } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { FaultReader } from '../faults/fault-reader.ts';
import { eventually } from '../support/eventually.ts';
import type { RedisProxy } from '../support/redis-proxy.ts';
import { redisProxy } from '../support/redis-proxy.ts';
import { RedisServer } from '../support/redis-server.ts';

const channels = defineChannels({
  'log:{id}': channel({ events: { said: z.number() }, keep: { count: 100 }, subscribe: 'anyone' }),
});

/** A node that finds out by itself only what somebody asks it. */
function node(proxy: RedisProxy) {
  const redis = new Redis(proxy.port);
  const hub = createHub({ channels, broker: redisBroker({ redis, checkEveryMs: 1e9, probeEveryMs: 1e9 }) });
  onTestFinished(async () => {
    await hub.close({ withinMs: 100 });
    redis.disconnect();
    await proxy.close();
  });
  return hub;
}

// RT-REDIS-2
test('a reader that comes from a node which has heard more is told no gap', async () => {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const deaf = await redisProxy(server.port);
  const one = node(await redisProxy(server.port));
  const other = node(deaf);
  const [reader, waiting] = [new FaultReader('log:1'), new FaultReader('log:1')];
  await reader.goTo(one);
  await waiting.goTo(other);
  deaf.wedge('subscribers');
  for (let n = 1; n <= 5; n += 1) await one.channel('log:1').publish('said', n);
  await eventually('all is told at the node that hears', () => reader.told.at(-1) === 5);
  await reader.goTo(other);
  expect(reader.told).toEqual([1, 2, 3, 4, 5]);
  await eventually('who waited there is told as well', () => waiting.told.at(-1) === 5);
  expect(waiting.told).toEqual([1, 2, 3, 4, 5]);
  reader.leave();
  waiting.leave();
});
