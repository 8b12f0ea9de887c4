import type { AddressInfo } from 'node:net';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import { createHub } from '@rt/core';
import { realtime } from '@rt/fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Fastify from 'fastify';
import type { StartApp } from './app.ts';
import { channels } from './channels.ts';

declare module 'fastify' {
  interface Session {
    user?: { id: string };
  }
}

export const startApp: StartApp = async (port) => {
  const hub = createHub({ channels });

  const app = Fastify({ trustProxy: true }); // a proxy in front: request.ip is the client's address

  await app.register(cookie);
  await app.register(session, { secret: 'from your secrets, with 32 letters or more', cookie: { secure: 'auto' } });

  app.post<{ Body: { user: string } }>('/login', async (request, reply) => {
    request.session.user = { id: request.body.user };
    return reply.code(204).send();
  });
  const requireLogin = async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.session.user === undefined) return reply.code(401).send('login first');
  };

  await app.register(realtime, {
    hub,
    path: '/rt',
    user: (request) => request.session.user,
    route: { preHandler: requireLogin }, // for pages, streams, polls, POST and WebSocket upgrades alike
  });

  const preHandler = requireLogin;
  app.post<{ Params: { roomId: string }; Body: { text: string } }>(
    '/rooms/:roomId/messages',
    { preHandler },
    async ({ params, body }, reply) => {
      const position = await hub.channel(`room:${params.roomId}`).publish('message', body);
      return reply.code(201).send({ position });
    },
  );

  app.get<{ Params: { roomId: string } }>('/rooms/:roomId/members', { preHandler }, async ({ params }) =>
    hub.channel(`room:${params.roomId}`).members(),
  );

  await app.listen({ port });

  return {
    port: (app.server.address() as AddressInfo).port,
    close: () => app.close(), // closes the hub as well, before it stops listening
  };
};
