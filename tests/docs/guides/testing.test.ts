import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { channel, createHub, defineChannels } from '@rt/core';
import { realtime } from '@rt/node';
import { z } from 'zod';
// #region rules
import { createTestHub, rawRequest } from '@rt/testkit';
import { expect, test } from 'vitest';
import { channels } from './channels.ts';

const ada = { id: 'ada', rooms: ['1'] };
const eve = { id: 'eve', rooms: [] };

test('only who is of the room may read it', async () => {
  const app = createTestHub({ channels });
  await expect(app.client({ user: eve }).subscribe('room:1')).rejects.toMatchObject({ code: 'subscribe_denied' });
  await app.client({ user: ada }).subscribe('room:1');
});
// #endregion

const lobby = defineChannels({
  lobby: channel({ events: { message: z.object({ text: z.string() }) }, subscribe: 'anyone' }),
});

// #region cut
test('whoever was away misses nothing', async () => {
  const app = createTestHub({ channels });
  const reader = app.client({ user: ada });
  await reader.subscribe('room:1');
  app.cutNetwork();
  await app.hub.channel('room:1').publish('message', { text: 'hi' });
  await app.restoreNetwork();
  expect((await reader.next('message')).data).toEqual({ text: 'hi' });
});

test('whoever was away for too long is told', async () => {
  const app = createTestHub({ channels });
  const reader = app.client({ user: ada });
  await reader.subscribe('room:1');
  app.cutNetwork();
  await app.hub.channel('room:1').publish('message', { text: 'hi' });
  app.trimHistory();
  await app.restoreNetwork();
  expect((await reader.nextGap()).reason).toBe('trimmed');
});

test('after a crash a reader is told that the log is another one', async () => {
  const app = createTestHub({ channels });
  const reader = app.client({ user: ada });
  await reader.subscribe('room:1');
  await app.hub.channel('room:1').publish('message', { text: 'hi' });
  await reader.next('message');
  app.killNode();
  await app.restoreNetwork();
  expect((await reader.nextGap()).reason).toBe('epoch_changed');
});
// #endregion

// #region time
test('a member stays for the grace', async () => {
  const app = createTestHub({ channels });
  await app.client({ user: ada }).enter('room:1', { name: 'Ada' });
  app.cutNetwork();
  await app.pass(9_000);
  expect(await app.hub.channel('room:1').members()).toMatchObject({ count: 1 });
  await app.pass(2_000);
  expect(await app.hub.channel('room:1').members()).toMatchObject({ count: 0 });
});
// #endregion

// #region handler
test('a handler answers', async () => {
  const app = createTestHub({ channels });
  app.hub.on('room:{roomId}', 'rename', ({ data, params }) => `${params.roomId} is ${String(data)}`);
  expect(await app.client({ user: ada }).send('room:1', 'rename', 'Lounge')).toBe('1 is Lounge');
});
// #endregion

// #region http
async function firstEvent(port: number) {
  const headers = { accept: 'text/event-stream' };
  const stream = await rawRequest({ port, path: '/rt?channel=lobby&after=start', headers });
  const [event] = await stream.events(1); // waits for one, with a deadline
  stream.cut();
  return event;
}
// #endregion

test('an app that listens is asked over HTTP', async () => {
  const hub = createHub({ channels: lobby });
  const answer = realtime(hub, { user: () => null });
  const server = createServer((request, response) => void answer(request, response)).listen(0);
  await once(server, 'listening');
  await hub.channel('lobby').publish('message', { text: 'hi' });
  expect(await firstEvent((server.address() as AddressInfo).port)).toMatchObject({ data: '{"text":"hi"}' });
  server.close();
  await hub.close({ withinMs: 0 });
});
