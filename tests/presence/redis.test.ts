import { presenceSuite } from '@rt/testkit';
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import type { AppClient } from '../support/redis-clients.ts';
import type { Servers } from '../support/redis-houses.ts';
import { houses } from '../support/redis-houses.ts';
import type { PresenceNodes } from './redis-nodes.ts';
import { presenceNodes, spread } from './redis-nodes.ts';

const counts = [1, 3];

describe.each(houses)('redis presence over $name', ({ name, connect, start }) => {
  let servers: Servers;
  let client: AppClient;
  let made = 0;
  let opened: PresenceNodes[] = [];

  beforeAll(async () => {
    servers = await start();
    client = await connect(...servers.ports);
  });

  afterEach(async () => {
    for (const all of opened.splice(0)) await all.close();
  });

  afterAll(async () => {
    client.close();
    await servers.stop();
  });

  describe.each(counts)('at %i nodes', (count) => {
    presenceSuite((what, run) => test(what, run), {
      create() {
        made += 1;
        const { redis } = client;
        const all = presenceNodes(count, { redis, ports: servers.ports, prefix: `${name} ${made}:` });
        opened = [...opened, all];
        return spread(all);
      },
      pass: (ms) => opened.at(-1)?.pass(ms) ?? Promise.resolve(),
      schedules: 10,
    });
  });
});
