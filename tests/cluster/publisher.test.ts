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
  let written = (): void => {};
  reader.onWrite = () => written();
  const worker = createPublisher({ channels, broker: redisBroker({ redis }) });
  const position = await worker.channel('open:1').publish('said', 1);
  await hub.channel('open:1').publish('said', 2, { ifPosition: position });
  const told = (): readonly unknown[] =>
    reader.items.flatMap((item) => (item.type === 'event' && item.data !== '' ? [JSON.parse(item.data)] : []));
  while (told().length < 2) await within('both', new Promise<void>((resolve) => (written = resolve)));
  expect(told()).toEqual([1, 2]);
  const { publications } = await worker.channel('open:1').history();
  expect(publications.map(({ data }) => data)).toEqual([1, 2]);
  await expect(worker.channel('open:1').publish('counted', { n: 'one' } as never)).rejects.toMatchObject({
    code: 'event_invalid',
  });
  await worker.close();
  await expect(worker.channel('open:1').publish('said', 3)).rejects.toMatchObject({ code: 'hub_closed' });
  reader.leave();
});
