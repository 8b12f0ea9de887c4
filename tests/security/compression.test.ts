import { createServer } from 'node:http';
import { deflateRawSync, gzipSync } from 'node:zlib';
import type { Hub } from '@rt/core';
import { realtime as inExpress } from '@rt/express-sse';
import { realtime } from '@rt/node';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';
import { serve } from './ground.ts';
import { opcode } from './websocket-opcodes.ts';

/** Forty megabytes in forty kilobytes. */
const bomb = `{"type":"ping","id":1,"more":"${'x'.repeat(40_000_000)}"}`;

async function sent(port: number, body: Uint8Array<ArrayBuffer>): Promise<readonly [number, unknown]> {
  const headers = { 'content-type': 'text/plain', 'content-encoding': 'gzip' };
  const response = await fetch(`http://127.0.0.1:${port}/rt`, { method: 'POST', headers, body });
  return [response.status, ((await response.json()) as { readonly error: { readonly code: string } }).error.code];
}

// RT-SAFE-6
test('a compressed message that would be larger than it may be ends the WebSocket', async () => {
  const { webSocket, events } = await serve({}, { compress: true });
  const { webSocket: client, ended, said } = await webSocket({ compress: true });
  client.send('{"type":"connect","id":1}');
  await said('"connected"');
  const bytes = deflateRawSync(bomb);
  expect(bytes.length).toBeLessThan(65_536);
  client.frame(opcode.compressedText, bytes);
  expect(await ended).toMatchObject({ code: 1009 });
  expect(events.filter(({ type }) => type === 'error')).toEqual([]);
});

// RT-SAFE-6
test('a compressed message is refused where compression was not agreed on', async () => {
  const { webSocket } = await serve();
  const { webSocket: client, ended } = await webSocket({ compress: true });
  client.frame(opcode.compressedText, deflateRawSync('{"type":"connect","id":1}'));
  expect(await ended).toMatchObject({ code: 1002 });
});

// RT-SAFE-6
test('a compressed body is not unfolded', async () => {
  const { hub } = testHub();
  const listener = realtime(hub as unknown as Hub, { user: () => null });
  const { port, close } = await listening(createServer((request, response) => void listener(request, response)));
  onTestFinished(close);
  expect(await sent(port, gzipSync('{"type":"ping","id":1}'))).toEqual([400, 'frame_invalid']);
  expect(await sent(port, gzipSync(bomb))).toEqual([400, 'frame_invalid']);
});

// RT-SAFE-6
test('a body that the host’s own parser unfolds is as large as a frame may be, and no larger', async () => {
  const { hub } = testHub();
  const app = express();
  app.use(express.text({ limit: '100mb' }));
  app.use('/rt', inExpress(hub as unknown as Hub, { user: () => null }));
  const { port, close } = await listening(createServer(app));
  onTestFinished(close);
  expect(await sent(port, gzipSync(bomb))).toEqual([413, 'body_too_large']);
});
