import type { AddressInfo } from 'node:net';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import type { RealtimeOptions } from '@rt/fastify';
import { realtime } from '@rt/fastify';
import Fastify from 'fastify';
import type { Mount } from '../suite/rig.ts';
import { front, loginFirst, userOf } from './front.ts';

/** An app of Fastify 5, with or without compression. */
export function mountFastify(compressed = false): Mount {
  return async (hub, { prepare, upgrades } = {}) => {
    const app = Fastify({ trustProxy: true });
    app.addHook('onRequest', async (_request, reply) => void reply.header('x-early', '1'));
    app.addHook('onSend', async (_request, reply) => void reply.header('x-late', '1'));
    if (compressed) await app.register(compress, { threshold: 0 });
    await app.register(cookie);
    await app.register(session, {
      secret: 'a secret that is long enough to be one, and not secret',
      saveUninitialized: false,
      cookie: { secure: false },
    });
    prepare?.(app.server);
    await app.register(realtime, {
      hub: hub as RealtimeOptions['hub'],
      path: '/rt',
      user: (request) => userOf(request.headers['x-user']),
      upgrades: { ...upgrades },
      // The cases close the hub and the server in both orders.
      close: false,
      route: {
        preHandler: async (request, reply) => {
          if (request.headers['x-session'] !== undefined) request.session.set('seen' as never, true as never);
          if (request.headers['x-held'] !== undefined) await front();
          if (request.headers['x-locked-out'] !== undefined) return reply.code(401).send(loginFirst);
        },
      },
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    return { port, server: app.server, close: () => app.close() };
  };
}
