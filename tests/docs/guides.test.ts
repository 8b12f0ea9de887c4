import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@rt/client';
import { createClient } from '@rt/client';
import { attach, realtime } from '@rt/node';
import { createTestHub, within } from '@rt/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { board, channels, markets } from './guides/channels.ts';
import { health, onSignal } from './guides/deploy.ts';
import { hub } from './guides/hub.ts';
import { say, ship } from './guides/optimistic.ts';
import { server as orders } from './guides/orders.ts';
import { enter, watch, whoIsHere } from './guides/presence.ts';
import { handle, publish, work } from './guides/publish.ts';
import { ask, follow, listen, readAll } from './guides/reading.ts';
import { channels as ruled, mutes, limited, takeBack, withTokens } from './guides/rules.ts';
import { automatic, relaxed, streams } from './guides/transports.ts';

/** The servers that listen, and the client of somebody who is in the room. */
const servers: Server[] = [];
let rt!: Client<typeof channels>;

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await once(server.listen(0), 'listening');
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** Collects what it is called with. `told` resolves to the first that fits. */
function collector<Item>() {
  const items: Item[] = [];
  const waiting = new Set<() => void>();
  const add = (item: Item): void => {
    items.push(item);
    for (const look of waiting) look();
  };
  const told = (what: string, fits: (item: Item) => boolean): Promise<Item> =>
    within(
      what,
      new Promise((resolve) => {
        const look = (): void => {
          const found = items.find(fits);
          if (found !== undefined) resolve(found);
        };
        waiting.add(look);
        look();
      }),
    );
  return { items, add, told };
}

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  const answer = realtime(hub, { user: () => ({ id: 'ada', rooms: ['1'] }) });
  const server = createServer((request, response) => void answer(request, response));
  attach(server, { path: '/rt' });
  rt = createClient<typeof channels>(`${await listening(server)}/rt`);
});

afterAll(async () => {
  rt.close();
  vi.restoreAllMocks();
  await hub.close({ withinMs: 0 });
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

// RT-DOCS-4
test('publications are stored once by their key, and read back', async () => {
  expect(await publish()).toEqual([2, 1, null]);
  expect(await work()).toMatch(/\.1$/);
});

// RT-DOCS-4
test('what is kept is shown, and a handler answers', async () => {
  const { add, told } = collector<unknown>();
  const stop = listen(rt, add);
  const stopHandling = handle();
  expect(await told('a publication', (item) => (item as { text: string }).text === 'hi')).toBeDefined();
  expect(await ask(rt)).toEqual({ renamed: true });
  await told('what the handler has published', (item) => (item as { text: string }).text === 'ada says Lounge');
  stopHandling();
  stop();
});

// RT-DOCS-4
test('a reader reads all from the start', async () => {
  const { items, add } = collector<unknown>();
  await readAll(rt, add, () => items.length === 2);
  expect(items).toMatchObject([{ data: { text: 'hi' } }, { data: { text: 'hi' } }]);
});

// RT-DOCS-4
test('state is read with its position, and followed from there', async () => {
  const url = await listening(orders);
  const { items, add, told } = collector<{ status: string }>();
  const stop = follow(
    rt,
    (path) => fetch(`${url}${path}`),
    (item) => add(item as { status: string }),
  );
  await told('the state', ({ status }) => status === 'paid');
  await hub.channel('order:42').publish('status', { status: 'packed' });
  await told('the change', ({ status }) => status === 'packed');
  expect(items).toEqual([{ status: 'paid' }, { status: 'packed' }]);
  stop();
});

// RT-DOCS-4
test('a member is seen, and leaves', async () => {
  const { add, told } = collector<readonly string[]>();
  const events = collector<string>();
  const stop = watch(events.add);
  const leave = await enter(rt, add);
  await told('the name', (names) => names.includes('Ada L.'));
  expect(await whoIsHere()).toEqual({ count: 1, connections: 1 });
  await leave();
  await events.told('the event', (text) => text === 'ada left room:1');
  stop();
});

// RT-DOCS-4
test('an optimistic publication is shown, and goes when it is stored', async () => {
  const { items, add } = collector<readonly { readonly text: string; readonly failed: boolean }[]>();
  await say(rt, add);
  expect(items).toEqual([[{ text: 'hi', failed: false }], []]);
});

// RT-DOCS-4
test('a conflict says what is newer', async () => {
  const seen = await hub.channel('order:42').publish('status', { status: 'paid' });
  const newer = await hub.channel('order:42').publish('status', { status: 'packed' });
  const position = await ship(rt, seen);
  expect(await hub.channel('order:42').history({ after: newer })).toMatchObject({
    publications: [{ position, data: { status: 'shipped' } }],
  });
});

// RT-DOCS-4
test('each rule is asked', async () => {
  const app = createTestHub({ channels: ruled });
  const ada = app.client({ user: { id: 'ada', rooms: ['1'], plan: 'free' } });
  await expect(ada.subscribe('room:2')).rejects.toMatchObject({ code: 'subscribe_denied' });
  await expect(ada.subscribe('room:1', 'start')).rejects.toMatchObject({ code: 'history_denied' });
  await ada.subscribe('room:1');
  await ada.enter('room:1', { name: 'Ada' });
  await expect(ada.publish('room:1', 'notice', { text: 'hi' })).rejects.toMatchObject({ code: 'publish_denied' });
  expect(await ada.publish('room:1', 'message', { text: 'hi' })).toMatch(/\.1$/);
  mutes.add('ada');
  await expect(ada.publish('room:1', 'message', { text: 'hi' })).rejects.toMatchObject({ code: 'publish_denied' });
  await app.close();
});

// RT-DOCS-4
test('permissions are taken back, and hubs are made with tokens and limits', async () => {
  expect(await takeBack()).toEqual({ nodes: 1, answered: 1 });
  await Promise.all([withTokens('a secret of thirty-two letters or more').close(), limited().close()]);
});

// RT-DOCS-4
test('probes are answered', async () => {
  const url = await listening(health());
  const [live, ready] = await Promise.all([fetch(`${url}/live`), fetch(`${url}/ready`)]);
  expect([live.status, ready.status]).toEqual([200, 200]);
});

// RT-DOCS-4
test('a board tells who begins at the start what is true', async () => {
  const app = createTestHub({ channels: board });
  const cards = app.hub.channel('board:1');
  await cards.publish('card', { id: 'a', text: 'old' });
  await cards.publish('card', { id: 'a', text: 'new' });
  await cards.publish('card', { id: 'b', text: 'gone' });
  await cards.publish('removed', { id: 'b' });
  const reader = app.client({ user: { id: 'ada', rooms: [] } });
  await reader.subscribe('board:1', 'start');
  expect((await reader.next('card')).data).toEqual({ id: 'a', text: 'new' });
  expect((await reader.next()).data).toEqual({ id: 'b' });
  expect(reader.waiting).toEqual([]);
});

// RT-DOCS-4
test('prices are told together, of each symbol the newest', async () => {
  const app = createTestHub({ channels: markets });
  const reader = app.client();
  await reader.subscribe('prices:x');
  const prices = app.hub.channel('prices:x');
  await prices.publish('price', { symbol: 'a', bid: 1 });
  expect((await reader.next()).data).toEqual({ symbol: 'a', bid: 1 });
  await prices.publish('price', { symbol: 'a', bid: 2 });
  await prices.publish('price', { symbol: 'a', bid: 3 });
  await app.pass(250);
  expect((await reader.next()).data).toEqual({ symbol: 'a', bid: 3 });
});

// RT-DOCS-4
test('clients are made for each choice, and connect when somebody listens', () => {
  expect([automatic, streams, relaxed].map(({ status }) => status.state)).toEqual(['idle', 'idle', 'idle']);
});

// RT-DOCS-4
test('a signal closes the hub, and clients are told when to come back', async () => {
  const signals = new EventEmitter();
  const states = collector<string>();
  rt.subscribe(() => states.add(rt.status.state));
  onSignal(createServer(), signals);
  signals.emit('SIGTERM');
  await states.told('the client to wait', (state) => state === 'waiting');
  expect(hub.health()).toMatchObject({ ready: false, reason: 'closing' });
});
