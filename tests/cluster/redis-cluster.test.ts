import { channel, createHub, defineChannels } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { houses } from '../support/redis-houses.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

const channels = defineChannels({
  'room:{id}': channel({
    events: { said: z.number() },
    subscribe: 'anyone',
    presence: { graceMs: 0 },
    enter: 'anyone',
  }),
});

// RT-REDIS-1
test.each(houses)('presence and what is said to all nodes ($name)', async ({ connect, start }) => {
  const servers = await start();
  const app = await connect(...servers.ports);
  const hubs = [1, 2].map(() => createHub({ channels, broker: redisBroker({ redis: app.redis }), observe() {} }));
  const [one, two] = hubs as [(typeof hubs)[0], (typeof hubs)[0]];
  onTestFinished(async () => {
    for (const hub of hubs) await hub.close({ withinMs: 200 });
    app.close();
    await servers.stop();
  });
  await eventually('both are ready', () => hubs.every((hub) => hub.health().ready));
  const rooms = Array.from({ length: 20 }, (_, n) => `room:${n}` as const);
  const ada = await SimulatedSession.open(one, 'ada');
  for (const room of rooms) ada.send({ type: 'enter', channel: room });

  for (const room of rooms) {
    await eventually(`ada is in ${room}`, async () => (await two.channel(room).members()).count === 1);
  }
  expect(await two.connections({ user: 'ada' })).toEqual({ connections: 1, nodes: 2, answered: 2 });
  expect(await two.disconnect({ user: 'ada' })).toEqual({ nodes: 2, answered: 2 });
  expect(ada.frames.at(-1)?.type).toBe('bye');
  for (const room of rooms) {
    await eventually(`ada has left ${room}`, async () => (await two.channel(room).members()).count === 0);
  }
});
