import { createServer } from 'node:http';
import { instrument } from '@rt/otel';
import { attach, realtime } from '@rt/node';
import type { OpenSession } from '@rt/testkit';
import { openOverLongPoll, openOverSse, openOverWebSocket, rawRequest } from '@rt/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { TestHub } from '../support/hub.ts';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';
import { Collector } from './collector.ts';

let hub: TestHub['hub'];
let port: number;
let collector: Collector;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ hub } = testHub());
  const rt = realtime(hub, { user: () => null });
  const server = createServer((request, response) => void rt(request, response));
  attach(server);
  const mounted = await listening(server);
  ({ port } = mounted);
  collector = new Collector();
  instrument(hub, { meter: collector.meter });
  close = async () => {
    await hub.close({ withinMs: 0 });
    await mounted.close();
    await collector.close();
  };
});

afterEach(async () => {
  await close();
});

const channel = 'deep:1';
const data = 'x'.repeat(100_000);
const connect = { type: 'connect', id: 1, subscriptions: [{ channel }] };

/** A peer that may stop reading. */
interface Slow {
  pause(): void;
  resume(): void;
  cut(): void;
}

const over = (open: OpenSession) => async (): Promise<Slow> => {
  const opened = await open({ port, connect });
  if (opened.type === 'refused') throw new Error(opened.error.message);
  await opened.client.next('subscribed');
  return opened.client;
};

const wires: readonly (readonly [name: string, open: () => Promise<Slow>])[] = [
  [
    'stream',
    async () => {
      const response = await rawRequest({
        port,
        path: `/rt?channel=${channel}`,
        headers: { accept: 'text/event-stream' },
      });
      const { socket } = response;
      return { pause: () => socket.pause(), resume: () => socket.resume(), cut: () => response.cut() };
    },
  ],
  ['websocket', over(openOverWebSocket)],
  ['sse', over(openOverSse)],
  ['long-poll', over(openOverLongPoll)],
];

// RT-MEASURE-4
test.each(wires)('bytes wait in a %s whose peer does not read, until it does', async (name, open) => {
  const before = await collector.series();
  const peer = await open();
  const waiting = async (): Promise<number> => (await collector.series())['rt.connections.waiting'] ?? Number.NaN;
  const opened = await collector.series();
  expect(opened[`rt.connections.open ${name}`]).toBe((before[`rt.connections.open ${name}`] ?? 0) + 1);
  peer.pause();
  await eventually('bytes wait', async () => {
    await hub.channel(channel).publish('said', data);
    return (await waiting()) > data.length / 2;
  });
  peer.resume();
  await eventually('none waits', async () => (await waiting()) === 0);
  peer.cut();
});

// RT-MEASURE-1
test('how long a turn takes is a part of the time that went by', async () => {
  const peer = await over(openOverWebSocket)();
  const from = performance.now();
  for (let n = 0; n < 20; n += 1) await hub.channel(channel).publish('said', data);
  const delivered = async (): Promise<boolean> => (await collector.series())['rt.publications.delivered'] === 20;
  await eventually('it is delivered', delivered);
  const wentByS = (performance.now() - from) / 1000;
  const { count, sum } = await collector.histogram('rt.flush.duration');
  expect(count).toBeGreaterThan(0);
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThan(wentByS);
  peer.cut();
});
