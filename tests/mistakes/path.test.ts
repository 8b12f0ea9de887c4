import { createServer } from 'node:http';
import { realtime } from '@rt/express-sse';
import express from 'express';
import { expect, test } from 'vitest';
import { listening } from '../support/listen.ts';
import { hosts, newHub, reached, serve, visit } from './apps.ts';

// RT-FIRST-6
test.each(hosts)('%s: a client at a path where nobody has mounted it says which URL, and what came', async (host) => {
  const port = await serve(host, newHub());
  const client = visit(port, '/api/rt');
  client.connect();
  const status = await reached('the first answer', client, ({ state }) => state === 'waiting');
  expect(status).toMatchObject({
    error: {
      message: `internal: http://127.0.0.1:${port}/api/rt answered 404, not as @rt; is it mounted there?`,
    },
  });
});

// RT-FIRST-6
test('an app that answers every path with its page is no hub either', async () => {
  const app = express().use((_request, response) => void response.send('<!doctype html><title>App</title>'));
  const { port, close } = await listening(createServer(app));
  const client = visit(port);
  client.connect();
  const status = await reached('the first answer', client, ({ state }) => state === 'waiting');
  expect(status).toMatchObject({
    error: { message: expect.stringMatching(/\/rt answered 200, not as @rt/) },
  });
  client.close();
  await close();
});

// RT-FIRST-6
test('WebSockets attached at another path than the mount’s are let through to it', async () => {
  const hub = newHub();
  const rt = realtime(hub, { user: () => null });
  const server = createServer(express().use('/live', rt));
  rt.attach(server);
  const { port, close } = await listening(server);
  const client = visit(port, '/live');
  client.connect();
  expect(await reached('a connection', client, ({ state }) => state === 'open')).toMatchObject({
    transport: 'websocket',
  });
  client.close();
  await hub.close({ withinMs: 100 });
  await close();
});
