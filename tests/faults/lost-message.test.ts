import { createHub } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { redisProxy } from '../support/redis-proxy.ts';
import { RedisServer } from '../support/redis-server.ts';
import { FaultReader } from './fault-reader.ts';
import { channels } from './fault-round.ts';

/** A node behind a road of its own, with so many readers. It looks by itself only at what does not lead on. */
async function node({ port }: RedisServer, count: number) {
  const road = await redisProxy(port);
  const redis = new Redis(road.port);
  const hub = createHub({ channels, broker: redisBroker({ redis, checkEveryMs: 1e9, probeEveryMs: 1e9 }) });
  const readers = Array.from({ length: count }, () => new FaultReader('log:1'));
  onTestFinished(async () => {
    for (const reader of readers) reader.leave();
    await hub.close({ withinMs: 100 });
    redis.disconnect();
    await road.close();
  });
  await eventually('it is ready', () => hub.health().ready);
  for (const reader of readers) await reader.goTo(hub);
  return { hub, road, readers };
}

// RT-REDIS-4
test('a message that a thousand readers at each of three nodes wait for is lost: each node reads once', async () => {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const nodes = [await node(server, 1000), await node(server, 1000), await node(server, 1000)] as const;
  const [{ hub }] = nodes;
  const readers = nodes.flatMap((each) => each.readers);
  const publish = (n: number) => hub.channel('log:1').publish('said', n);
  const toldTo = (n: number) => eventually(`all are told ${n}`, () => readers.every(({ told }) => told.at(-1) === n));
  await publish(1);
  await toldTo(1);
  const monitor = createClient({ url: `redis://127.0.0.1:${server.port}` });
  await monitor.connect();
  onTestFinished(() => monitor.destroy());
  /** The names of scripts that were run on this log. */
  const asked: string[] = [];
  await monitor.monitor((line) => {
    const [, script] = /"eval(?:sha)?" "([^"]*)" "\d+" "rt:\{log:1\}:meta"/i.exec(String(line)) ?? [];
    if (script !== undefined) asked.push(script);
  });
  for (const { road } of nodes) road.drop('said');
  await publish(2);
  await publish(3);
  await toldTo(3);
  await eventually('all that was asked is known', () => asked.length >= 5);
  // Two appends, by one script, and three reads, by another.
  const [append] = asked;
  expect(asked.filter((script) => script === append)).toHaveLength(2);
  expect(asked).toHaveLength(5);
  for (const { told } of readers) expect(told).toEqual([1, 2, 3]);
});
