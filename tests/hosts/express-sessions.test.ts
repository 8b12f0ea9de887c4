import { createServer } from 'node:http';
import type { Hub } from '@rt/core';
import { realtime } from '@rt/express-sse';
import type { OpenSession, TransportRig } from '@rt/testkit';
import { openOverLongPoll, openOverSse, openOverWebSocket, rawWebSocket, transportSuite } from '@rt/testkit';
import compression from 'compression';
import express from 'express';
import express4 from 'express4';
import { describe, expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';
import type { Mounted } from './suite/rig.ts';

type Express = typeof express;

/** An app as apps are: compression, a body parser, and a login in front of the hub. */
async function mount(kind: Express, hub: Hub): Promise<Mounted> {
  const app = kind();
  app.set('trust proxy', 'loopback');
  app.use(compression({ threshold: 0 }));
  app.use(kind.json());
  const rt = realtime(hub, {
    user: (request) => {
      const id = request.get('x-user');
      return id === undefined ? null : { id };
    },
  });
  app.use('/rt', (request, response, next) => {
    response.set('x-middleware', 'was here');
    if (request.get('x-locked-out') === undefined) next();
    else response.status(401).json({ error: 'login first' });
  });
  app.use('/rt', rt);
  const server = createServer(app);
  rt.attach(server);
  return listening(server);
}

function rig(kind: Express, open: OpenSession): TransportRig {
  return { open, serve: (hub) => mount(kind, hub) };
}

const hosts: readonly (readonly [string, Express])[] = [
  ['Express 5', express],
  ['Express 4', express4],
];

describe.each(hosts)('%s', (_, kind) => {
  describe('a session over WebSocket', () => {
    transportSuite((name, run) => test(name, run, 30_000), rig(kind, openOverWebSocket));
  });

  describe('a session over SSE', () => {
    transportSuite((name, run) => test(name, run, 30_000), rig(kind, openOverSse));
  });

  test('middleware refuses an upgrade as it refuses a request, and its headers are on the 101', async () => {
    const { hub } = testHub();
    const { port, close } = await mount(kind, hub as unknown as Hub);
    const refused = await rawWebSocket({ port, path: '/rt', headers: { 'x-locked-out': '1' } });
    expect(refused.type === 'refused' && [refused.head.status, refused.body]).toEqual([401, '{"error":"login first"}']);
    const accepted = await rawWebSocket({ port, path: '/rt' });
    if (accepted.type === 'refused') throw new Error(accepted.body);
    expect((await accepted.webSocket.head).headers.get('x-middleware')).toEqual(['was here']);
    accepted.webSocket.socket.destroy();
    await hub.close();
    await close();
  });

  test('addresses are those that the app has found out behind its proxy', async () => {
    const { hub } = testHub({ limits: { admission: { connectionsPerAddress: 1 } } });
    const { port, close } = await mount(kind, hub as unknown as Hub);
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

describe('Express 5', () => {
  describe('a session over long-poll', () => {
    transportSuite((name, run) => test(name, run, 30_000), rig(express, openOverLongPoll));
  });
});
