// One node of several, in a process of its own.
import { createServer } from 'node:http';
import { createHub } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';
import type { NodeOptions } from './proxies-channels.ts';
import { channels } from './proxies-channels.ts';

const { name, port, redisPort } = JSON.parse(process.argv[2] ?? '{}') as NodeOptions;
const redis = new Redis(redisPort);
// Tests take Redis away; what is observed of it then is not what they look at.
redis.on('error', () => {});
const hub = createHub({
  channels,
  broker: redisBroker({ redis }),
  observe: () => {},
  heartbeat: { everyMs: 1000 },
  reconnect: { minMs: 1, maxMs: 50 },
  limits: { rates: false },
});
hub.on('room:{id}', 'ping', ({ data }) => data);
hub.on('room:{id}', 'where', () => name);

const listener = realtime(hub, { user: () => ({ id: 'somebody' }) });
const server = createServer((request, response) => {
  if (request.url === '/ready') {
    const { ready, reason } = hub.health();
    response.writeHead(ready ? 200 : 503).end(reason);
  } else if (request.url === '/live') response.writeHead(200).end();
  else void listener(request, response);
});
// Longer than a proxy keeps a connection that is idle, so that it is the proxy who closes it.
server.keepAliveTimeout = 75_000;
attach(server);
server.listen(port, '127.0.0.1', () => process.send?.('listens'));

process.once('SIGTERM', () => {
  void hub.close({ withinMs: 1000 }).then(() => {
    server.close(() => process.exit());
    server.closeIdleConnections();
  });
});
process.once('disconnect', () => process.exit());
