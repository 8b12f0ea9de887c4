import { createHub } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { seededRandom } from '@rt/testkit';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { houses } from '../support/redis-houses.ts';
import { failoverFaults } from './failover-faults.ts';
import { FaultReader } from './fault-reader.ts';
import { channels, playRound } from './fault-round.ts';
import { serverFaults } from './redis-faults.ts';

const cases = [...serverFaults, ...failoverFaults].flatMap((fault) =>
  fault.clients.map(([client, connect]) => ({ name: `${fault.name} (${client})`, fault, connect })),
);

describe('Redis fails', () => {
  // RT-CLUSTER-1, RT-CLUSTER-3, RT-REDIS-3
  test.each(cases)('$name', async ({ fault, connect }) => {
    const { verdicts, agree } = await playRound(fault, connect, seededRandom(1));
    for (const { losses, duplicates, gaps } of verdicts) {
      expect({ losses, duplicates }).toEqual({ losses: 0, duplicates: 0 });
      expect(fault.gaps).toContainEqual(gaps);
    }
    expect(agree).toBe(true);
  });
});

// RT-CLUSTER-2
test.each(houses)(
  'what is on its way when the connection is lost is stored once at most, and what was answered is stored ($name)',
  async ({ connect, start }) => {
    const { ports, stop } = await start();
    const app = await connect(...ports);
    const hub = createHub({ channels, broker: redisBroker({ redis: app.redis }), observe() {} });
    await eventually('it is ready', () => hub.health().ready);
    const admins = ports.map((port) => new Redis(port));
    onTestFinished(async () => {
      for (const admin of admins) admin.disconnect();
      await hub.close({ withinMs: 200 });
      app.close();
      await stop();
    });
    const answered: number[] = [];
    let number = 0;
    const publish = async (): Promise<void> => {
      // Without a key: nothing but the connection keeps it from being stored twice.
      const n = (number += 1);
      await hub.channel('log:1').publish('said', n);
      answered.push(n);
    };
    for (let burst = 0; burst < 10; burst += 1) {
      await eventually('there is a connection that may be lost', () =>
        publish().then(
          () => true,
          () => false,
        ),
      );
      const publishing = Array.from({ length: 50 }, publish);
      const settled = Promise.allSettled(publishing);
      await Promise.all(admins.map((admin) => admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')));
      await settled;
    }
    const read = () => hub.channel('log:1').history({ last: 1000 });
    await eventually('the log can be read again', () =>
      read().then(
        () => true,
        () => false,
      ),
    );
    const { publications } = await read();
    const stored = publications.map(({ data }) => data);
    expect(answered.length).toBeGreaterThan(0);
    expect(new Set(stored).size).toBe(stored.length);
    expect(answered.filter((n) => !stored.includes(n))).toEqual([]);
  },
);

// RT-CLUSTER-3
test.each(houses)('nodes that begin before Redis is there are ready when it is ($name)', async ({ connect, start }) => {
  const servers = await start();
  const app = await connect(...servers.ports);
  await servers.kill();
  const hub = createHub({ channels, broker: redisBroker({ redis: app.redis, probeEveryMs: 100 }), observe() {} });
  onTestFinished(async () => {
    await hub.close({ withinMs: 200 });
    app.close();
    await servers.stop();
  });
  await expect(hub.channel('log:1').publish('said', 1)).rejects.toThrow('broker_failed');
  expect(hub.health().ready).toBe(false);
  await servers.revive();
  await eventually('it is ready', () => hub.health().ready);
  const reader = new FaultReader('log:1');
  await reader.goTo(hub);
  await hub.channel('log:1').publish('said', 2);
  await eventually('what is published is told', () => reader.told.length > 0);
  expect(reader.told).toEqual([2]);
  reader.leave();
});
