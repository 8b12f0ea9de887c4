// @fastify/sse: the replies of its route, each sent the same text.
import { fastifySSE } from '@fastify/sse';
import type { FastifyReply } from 'fastify';
import Fastify from 'fastify';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { listening, Listeners } from '../server/stage.ts';

export async function open(_setup: Setup): Promise<Stage> {
  const listeners = new Listeners<FastifyReply['sse']>();
  const app = Fastify();
  await app.register(fastifySSE);
  app.get('/', { sse: true }, async (request, reply) => {
    reply.sse.keepAlive();
    reply.sse.sendHeaders();
    reply.raw.flushHeaders();
    listeners.add(reply.sse, request.url);
  });
  return {
    ...(await listening(app.server, () => app.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }))),
    publish(channel, text) {
      for (const each of listeners.of(channel)) void each.send({ data: text });
    },
  };
}
