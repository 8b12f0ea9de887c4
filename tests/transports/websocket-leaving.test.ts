import type { Hub, PresenceEvent } from '@rt/core';
import { channel, createHub, defineChannels } from '@rt/core';
import type { RawWebSocket } from '@rt/testkit';
import { openOverWebSocket, rawWebSocket, within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { nodeRig } from './rig.ts';

type End = (webSocket: RawWebSocket) => void;

/** Enters over a WebSocket, ends it in some way, and resolves to how long the member and the user stayed after that. */
async function staysFor(graceMs: number, end: End): Promise<readonly number[]> {
  const rules = { subscribe: 'anyone', enter: 'anyone' } as const;
  const lobby = channel({ events: { said: z.string() }, ...rules, presence: { graceMs } });
  const channels = defineChannels({ 'lobby:{id}': lobby });
  const hub = createHub({ channels, presence: { graceMs } });
  const { port, close } = await nodeRig(openOverWebSocket).serve(hub as unknown as Hub);
  const gone = new Map<string, number>();
  let tell = (): void => {};
  hub.onPresence(({ type }: PresenceEvent) => {
    gone.set(type, performance.now());
    tell();
  });
  const webSocket = await entering(port);
  const begun = performance.now();
  end(webSocket);
  while (!gone.has('left') || !gone.has('offline')) {
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    await within('the end of presence', told);
  }
  webSocket.socket.destroy();
  await hub.close({ withinMs: 100 });
  await close();
  return [(gone.get('left') ?? 0) - begun, (gone.get('offline') ?? 0) - begun];
}

async function entering(port: number): Promise<RawWebSocket> {
  const handshake = await rawWebSocket({ port, path: '/rt', headers: { 'x-user': 'ada' } });
  if (handshake.type === 'refused') throw new Error(handshake.body);
  const { webSocket } = handshake;
  const entered = new Promise<void>((resolve) => {
    webSocket.listen({ message: (text) => text.includes('"entered"') && resolve(), end: () => {} });
  });
  webSocket.send('{"type":"connect","id":1}\n{"type":"enter","id":2,"channel":"lobby:1"}');
  await within('the entry', entered);
  return webSocket;
}

describe('a WebSocket that is closed', () => {
  // RT-PRESENCE-3
  test.each<readonly [string, End]>([
    ['with 1000', (webSocket) => webSocket.close(1000)],
    ['without a code', (webSocket) => webSocket.frame(0x88, new Uint8Array())],
  ])('%s: its member has left, and its user is offline, at once', async (_, end) => {
    for (const stayedMs of await staysFor(5000, end)) expect(stayedMs).toBeLessThan(4500);
  });

  // RT-PRESENCE-3
  test.each<readonly [string, End]>([
    ['with 1001', (webSocket) => webSocket.close(1001)],
    ['with a code of the app', (webSocket) => webSocket.close(4999)],
    ['without a word', (webSocket) => webSocket.socket.destroy()],
  ])('%s: both stay for the grace', async (_, end) => {
    // Timers of the platform may be early by a millisecond.
    for (const stayedMs of await staysFor(300, end)) expect(stayedMs).toBeGreaterThanOrEqual(295);
  });
});
