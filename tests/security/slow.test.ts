import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { Hub } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { rawRequest, rawWebSocket, within } from '@rt/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';

/** Says this much, and nothing more. Resolves when the server has ended it. */
async function drip(port: number, ...lines: readonly string[]): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(lines.join('\r\n'));
  await within('the end', closed);
}

// RT-SAFE-15
test('a request that does not come to its end is Node’s to end, and nobody is counted for it any more', async () => {
  const { hub, open } = testHub({ limits: { admission: { connectionsPerAddress: 1 } } });
  const rt = realtime(hub as unknown as Hub, { user: () => null });
  const server = createServer({ requestTimeout: 100, headersTimeout: 100, connectionsCheckingInterval: 20 });
  server.on('request', (request, response) => void rt(request, response));
  attach(server);
  const { port, close } = await listening(server);
  onTestFinished(close);
  onTestFinished(() => hub.close({ withinMs: 200 }));
  const post = ['Host: l', 'Content-Length: 100', ''];
  await drip(port, 'POST /rt HTTP/1.1', ...post, '{"type"');
  await drip(port, 'POST /rt HTTP/1.1', 'Accept: text/event-stream', ...post, '{"type"');
  await drip(port, 'POST /rt?wait=25 HTTP/1.1', ...post, '{"type"');
  await drip(port, 'GET /rt HTTP/1.1', 'Host: l', 'Upgrade: websocket', 'Connection: Up');
  expect(open()).toBe(0);
  // The one connection that this address may have is still to be had.
  const body = '{"type":"connect","id":1}';
  const stream = await rawRequest({
    port,
    path: '/rt',
    method: 'POST',
    headers: { accept: 'text/event-stream' },
    body,
  });
  expect(stream.head.status).toBe(200);
  const second = await rawWebSocket({ port, path: '/rt' });
  expect(second).toMatchObject({ type: 'refused', head: { status: 429 } });
  stream.cut();
});
