// One node of several over one Redis, in a process of its own. The parent asks for what it has measured.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { channel, createHub, defineChannels } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';
import { answerWithMeasures } from '../crowd/measures.ts';

const anything = { '~standard': { version: 1, vendor: 'bench', validate: (value: unknown) => ({ value }) } } as const;
const redisPort = Number(process.argv[2]);

const hub = createHub({
  channels: defineChannels({
    'room:{id}': channel({ events: { said: anything }, subscribe: 'anyone', keep: { count: 1000 } }),
  }),
  broker: redisBroker({ redis: new Redis(redisPort) }),
  limits: { admission: { pendingHandshakes: false, loopDelayMs: false, connectionsPerUser: false } },
});
const listener = realtime(hub, { user: () => null });
const server = createServer((request, response) => void listener(request, response));
attach(server);
server.listen(0, '127.0.0.1', 8192, () => process.send?.({ port: (server.address() as AddressInfo).port }));

answerWithMeasures();
