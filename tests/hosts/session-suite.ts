import type { Hub } from '@rt/core';
import type { OpenSession, TransportRig } from '@rt/testkit';
import { openOverLongPoll, openOverSse, openOverWebSocket, rawWebSocket, transportSuite } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import type { Mount } from './suite/rig.ts';

const transports: readonly (readonly [string, OpenSession])[] = [
  ['WebSocket', openOverWebSocket],
  ['SSE', openOverSse],
  ['long-poll', openOverLongPoll],
];

/** Sessions behind an app, over every transport, and what a session's connection takes from the app. */
export function sessionSuite(name: string, mount: Mount): void {
  describe(name, () => {
    describe.each(transports)('a session over %s', (_, open) => {
      const rig: TransportRig = { open, serve: (hub: Hub) => mount(hub) };
      transportSuite((title, run) => test(title, run, 30_000), rig);
    });

    test('addresses are those that the app has found out behind its proxy', async () => {
      const { hub } = testHub({ limits: { admission: { connectionsPerAddress: 1 } } });
      const { port, close } = await mount(hub);
      const from = (address: string): ReturnType<typeof rawWebSocket> =>
        rawWebSocket({ port, path: '/rt', headers: { 'x-forwarded-for': address } });
      const [first, same, other] = [await from('203.0.113.7'), await from('203.0.113.7'), await from('203.0.113.8')];
      expect([first.type, other.type]).toEqual(['open', 'open']);
      expect(same.type === 'refused' && [same.head.status, same.body]).toEqual([
        429,
        expect.stringContaining('connections_too_many'),
      ]);
      for (const handshake of [first, other]) if (handshake.type === 'open') handshake.webSocket.socket.destroy();
      await hub.close();
      await close();
    });
  });
}
