import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { channel, createHub, defineChannels } from '@rt/core';
import { realtime } from '@rt/node';
import { tcpProxy, within } from '@rt/testkit';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { blocks, follow, publish, Refused } from './tail-client.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** A hub that keeps three publications, behind a road that can be cut. */
async function serve() {
  const said = { events: { said: z.object({ n: z.number() }) }, keep: { count: 3 } };
  const hub = createHub({
    channels: defineChannels({
      lobby: channel({ ...said, subscribe: 'anyone', publish: 'anyone' }),
      closed: channel(said),
    }),
    reconnect: { minMs: 10, maxMs: 20 },
    observe: () => {},
  });
  const rt = realtime(hub, { user: () => null });
  const server = createServer((request, response) => void rt(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const road = await tcpProxy(() => (server.address() as AddressInfo).port);
  cleanUps.push(
    () => server.close(),
    () => hub.close({ withinMs: 0 }),
    () => road.close(),
  );
  return { hub, road, url: `http://127.0.0.1:${road.port}/rt` };
}

/** Follows a channel, and says what it was told. */
function reader(url: string) {
  const stop = new AbortController();
  const told: unknown[] = [];
  const waiting = new Set<() => void>();
  const add = (item: unknown): void => {
    told.push(item);
    for (const look of waiting) look();
  };
  const done = follow(
    url,
    { publication: (_, data) => add((data as { readonly n: number }).n), gap: (reason) => add(reason) },
    stop.signal,
  );
  cleanUps.push(async () => {
    stop.abort();
    await done.catch(() => {});
  });
  return {
    told,
    done,
    has: (item: unknown): Promise<void> =>
      within(
        `${String(item)} to be told`,
        new Promise((resolve) => {
          const look = (): void => void (told.includes(item) && resolve());
          waiting.add(look);
          look();
        }),
      ),
  };
}

// RT-DOCS-4
test('the client of the guide comes back to the very next publication, and is told a gap', async () => {
  const { hub, road, url } = await serve();
  const lobby = hub.channel('lobby');
  const { told, has } = reader(`${url}?channel=lobby&last=3`);
  expect(await publish(url, 'lobby', 'said', { n: 1 })).toMatch(/\.1$/);
  await has(1);
  road.cut();
  await lobby.publish('said', { n: 2 });
  await lobby.publish('said', { n: 3 });
  road.mend();
  await has(3);
  road.cut({ reset: true });
  for (const n of [4, 5, 6, 7]) await lobby.publish('said', { n });
  road.mend();
  await has(7);
  expect(told).toEqual([1, 2, 3, 'trimmed', 5, 6, 7]);
});

// RT-DOCS-4
test('it does not come back to what it may not read', async () => {
  const { url } = await serve();
  await expect(within('the refusal', reader(`${url}?channel=closed`).done)).rejects.toThrow(Refused);
  await expect(publish(url, 'closed', 'said', { n: 1 })).rejects.toThrow(Refused);
});

interface Vector {
  readonly name: string;
  readonly stream: string;
  readonly items: readonly (readonly [string, ...(string | number)[]])[];
}

const path = new URL('../../../packages/protocol/vectors/event-streams.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as readonly Vector[];

// RT-DOCS-4
test.each(vectors)('it reads event streams as the vectors have it: $name', async ({ stream, items }) => {
  const expected = items
    .filter(([type]) => type === 'event' || type === 'id')
    .map(([type, id, event, data]) => (type === 'id' ? { id, event: '', data: null } : { id, event, data }));
  for (const size of [1, 7, 1000]) {
    const bytes = new TextEncoder().encode(stream);
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    const read = [];
    for await (const block of blocks(Readable.from(chunks))) read.push(block);
    expect(read).toEqual(expected);
  }
});
