import { createPublisher } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { within } from '@rt/testkit';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { channels, testHub } from '../support/hub.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

// RT-CLUSTER-4
test('what a process without a hub publishes is delivered by the hubs, and what it reads is what they have', async () => {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const redis = new Redis(server.port);
  onTestFinished(() => redis.disconnect());
  const { hub } = testHub({ broker: redisBroker({ redis }) });
  onTestFinished(() => hub.close({ withinMs: 500 }));
  const reader = new SimulatedPeer('channel=open:1');
  await hub.handle(reader, () => null);
  const come = new Promise<void>((resolve) => {
    reader.onWrite = () => void (reader.items.some((item) => item.type === 'event' && item.data === '2') && resolve());
  });
  const worker = createPublisher({ channels, broker: redisBroker({ redis }) });
  const position = await worker.channel('open:1').publish('said', 1);
  await hub.channel('open:1').publish('said', 2, { ifPosition: position });
  await within('both', come);
  const { publications } = await worker.channel('open:1').history();
  expect(publications.map(({ data }) => data)).toEqual([1, 2]);
  await expect(worker.channel('open:1').publish('counted', { n: 'one' } as never)).rejects.toMatchObject({
    code: 'event_invalid',
  });
  await worker.close();
  await expect(worker.channel('open:1').publish('said', 3)).rejects.toMatchObject({ code: 'hub_closed' });
  reader.leave();
});
