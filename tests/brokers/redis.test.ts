import { redisBroker } from '@rt/redis';
import { brokerSuite, createVirtualClock } from '@rt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppClient } from '../support/redis-clients.ts';
import type { Servers } from '../support/redis-houses.ts';
import { houses } from '../support/redis-houses.ts';

describe.each(houses)('redis broker over $name', ({ name, connect, start }) => {
  let servers: Servers;
  let client: AppClient;
  let count = 0;
  let clock = createVirtualClock();

  beforeAll(async () => {
    servers = await start();
    client = await connect(...servers.ports);
  });

  afterAll(async () => {
    client.close();
    await servers.stop();
  });

  brokerSuite((title, run) => test(title, run), {
    create() {
      count += 1;
      clock = createVirtualClock();
      const own = clock;
      const testing = { clock: own, serverNow: () => own.now() };
      // The clock leaps while the server has no time to answer, which a probe would take for silence.
      return redisBroker({ redis: client.redis, prefix: `${name} ${count}:`, probeEveryMs: 1e9, testing });
    },
    async pass(ms) {
      clock.advance(ms);
    },
  });

  // RT-CLUSTER-1, RT-REDIS-1
  test('a log that is compared while much is said of it never goes back', async () => {
    const broker = redisBroker({ redis: client.redis, prefix: `${name} busy:`, checkEveryMs: 1 });
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
