import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openOverWebSocket, rawRequest, within } from '@rt/testkit';
import { afterEach, expect, test } from 'vitest';

let server: ChildProcess;
const cuts: (() => void)[] = [];

afterEach(async () => {
  for (const cut of cuts.splice(0)) cut();
  server.disconnect();
  await once(server, 'exit');
});

async function start(host: string): Promise<number> {
  server = fork(fileURLToPath(new URL('heap-server.ts', import.meta.url)), [host]);
  const [{ port }] = (await within('a port', once(server, 'message'))) as [{ readonly port: number }];
  return port;
}

async function heapBytes(): Promise<number> {
  const answer = once(server, 'message');
  server.send('measure');
  const [told] = (await within('what is on the heap', answer)) as [{ readonly heapBytes: number }];
  return told.heapBytes;
}

const more = 1000;

/** What each of a thousand connections keeps on the heap, when the first hundred have been there before. */
async function perConnection(open: () => Promise<void>): Promise<number> {
  const openAll = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 100) await Promise.all(Array.from({ length: 100 }, open));
  };
  await openAll(100);
  const before = await heapBytes();
  await openAll(more);
  return ((await heapBytes()) - before) / more;
}

async function openSession(port: number): Promise<void> {
  const connect = { type: 'connect', id: 1, subscriptions: [{ channel: 'deep:1' }] };
  const opened = await openOverWebSocket({ port, connect });
  if (opened.type === 'refused') throw new Error(opened.error.code);
  await opened.client.next('subscribed');
  cuts.push(() => opened.client.cut());
}

async function openStream(port: number): Promise<void> {
  const stream = await rawRequest({ port, path: '/rt?channel=deep:1', headers: { Accept: 'text/event-stream' } });
  await stream.next(({ type }) => type === 'id');
  cuts.push(() => stream.cut());
}

// What was measured, and a tenth more.
const cases = [
  { host: 'node:http', what: 'a session over WebSocket', open: openSession, mostBytes: 9600 },
  { host: 'Express', what: 'a session over WebSocket', open: openSession, mostBytes: 9600 },
  { host: 'node:http', what: 'an event stream', open: openStream, mostBytes: 10_900 },
  { host: 'Express', what: 'an event stream', open: openStream, mostBytes: 14_800 },
];

// RT-COST-2
test.each(cases)('behind $host $what keeps $mostBytes bytes on the heap at most', async ({ host, open, mostBytes }) => {
  const port = await start(host);
  expect(await perConnection(() => open(port))).toBeLessThan(mostBytes);
});
