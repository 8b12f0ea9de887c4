// Publishes to some rooms, at a rate or as fast as it can: the parent says how, and is told how many were stored.
import { setTimeout as wait } from 'node:timers/promises';
import { channel, createPublisher, defineChannels } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';

export interface Order {
  readonly rooms: number;
  /** Publications a second of all rooms together; `null` for as many as there can be, 64 of them under way. */
  readonly perSecond: number | null;
  readonly seconds: number;
}

export interface Published {
  readonly count: number;
  readonly elapsedMs: number;
  readonly cpuMs: number;
}

const anything = { '~standard': { version: 1, vendor: 'bench', validate: (value: unknown) => ({ value }) } } as const;
const publisher = createPublisher({
  channels: defineChannels({ 'room:{id}': channel({ events: { said: anything }, keep: { count: 1000 } }) }),
  broker: redisBroker({ redis: new Redis(Number(process.argv[2])) }),
});

/** With the rest of it a message weighs what one of a chat does, some 120 bytes. */
const text = 'x'.repeat(80);
let n = 0;

async function publish(rooms: number): Promise<void> {
  n += 1;
  // One clock for all processes of the machine.
  const atMs = Number(process.hrtime.bigint()) / 1e6;
  await publisher.channel(`room:${n % rooms}`).publish('said', { atMs, text });
}

async function obey({ rooms, perSecond, seconds }: Order): Promise<Published> {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const untilMs = startedMs + seconds * 1000;
  let count = 0;
  if (perSecond === null) {
    const loop = async (): Promise<void> => {
      while (performance.now() < untilMs) {
        await publish(rooms);
        count += 1;
      }
    };
    await Promise.all(Array.from({ length: 64 }, loop));
  } else {
    const underWay: Promise<void>[] = [];
    while (performance.now() < untilMs) {
      const due = Math.floor(((performance.now() - startedMs) / 1000) * perSecond);
      for (; count < due; count += 1) underWay.push(publish(rooms));
      await wait(1);
    }
    await Promise.all(underWay);
  }
  const { user, system } = process.cpuUsage(cpu);
  return { count, elapsedMs: performance.now() - startedMs, cpuMs: (user + system) / 1000 };
}

process.on('message', (order: Order) => {
  void obey(order).then((published) => process.send?.(published));
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
