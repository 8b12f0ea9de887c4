import { channel, createHub, defineChannels } from '@rt/core';
import { realtime } from '@rt/fastify';
import Fastify from 'fastify';
import { z } from 'zod';

const channels = defineChannels({ clock: channel({ events: { tick: z.string() }, subscribe: 'anyone' }) });
const hub = createHub({ channels });

const app = Fastify();
app.register(realtime, { hub, path: '/rt', user: () => null }); // who asks: whom your hooks have found
await app.listen({ port: Number(process.env.PORT ?? 3000) }); // WebSockets too
setInterval(() => void hub.channel('clock').publish('tick', new Date().toISOString()), 1000);
