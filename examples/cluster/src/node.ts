// One node, in a process of its own: everything that makes it one of several is the broker.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createHub } from '@rt/core';
import { createChat } from '@rt/example-fastify-chat';
import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';
import { allChannels } from './cluster-channels.ts';
import type { FromNode, NodeOptions } from './node-process.ts';
import { sessionStore } from './session-store.ts';

const { name, port, redisUrl, prefix, secret } = JSON.parse(process.argv[2] ?? '{}') as NodeOptions;
const tell = (message: FromNode): void => void process.send?.(message);

const redis = new Redis(redisUrl);
const hub = createHub({ channels: allChannels(), broker: redisBroker({ redis, prefix }) });

const { app } = await createChat({
  hub,
  secret,
  store: sessionStore(redis, prefix),
  closeWithinMs: 2000,
  page: {
    scripts: fileURLToPath(new URL('browser', import.meta.url)),
    head: '<link rel="stylesheet" href="cluster.css" />',
  },
});
const style = await readFile(new URL('../public/cluster.css', import.meta.url));
app.get('/cluster.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(style));

// For whoever restarts processes, and for whoever sends requests.
app.get('/live', () => ({ live: hub.health().live }));
app.get('/ready', (_request, reply) => {
  const { ready, reason } = hub.health();
  return reply.code(ready ? 200 : 503).send({ ready, reason });
});

hub.on('cluster', 'where', () => ({ node: name }));
hub.on('cluster', 'kill', ({ data }) => {
  tell({ type: 'kill', name: String(data) });
  return null;
});

await app.listen({ port, host: '127.0.0.1' });
tell({ type: 'listens' });

const close = (): void => {
  void app.close().finally(() => process.exit());
};
process.once('SIGTERM', close);
// A terminal tells all processes at once; the one that has started this one says when it is to end.
process.on('SIGINT', () => {});
process.once('disconnect', close);
