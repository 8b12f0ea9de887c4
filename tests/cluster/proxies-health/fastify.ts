import type { Hub } from '@rt/core';
import Fastify from 'fastify';

export function healthOf(hub: Hub) {
  const app = Fastify();

  app.get('/live', (_request, reply) => reply.code(hub.health().live ? 200 : 500).send());
  app.get('/ready', (_request, reply) => {
    const { ready, reason } = hub.health();
    return reply.code(ready ? 200 : 503).send(reason ?? 'ready');
  });

  return (port: number) => {
    void app.listen({ port, host: '127.0.0.1' });
    return app.server;
  };
}
