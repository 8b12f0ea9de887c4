// #region app
import { readFileSync } from 'node:fs';
import { channel, createHub, defineChannels } from '@rt/core';
import { realtime } from '@rt/fastify';
import Fastify from 'fastify';
import { z } from 'zod';

const channels = defineChannels({
  lobby: channel({
    events: { message: z.object({ text: z.string().max(4000) }) },
    subscribe: 'anyone', // nobody unless you say so
    publish: 'anyone',
  }),
});

const hub = createHub({ channels });
const page = readFileSync(new URL('index.html', import.meta.url), 'utf8');

const app = Fastify();
app.register(realtime, { hub, path: '/rt', user: () => null }); // who asks: nobody logs in yet
app.get('/', async (_request, reply) => reply.type('text/html').send(page));
await app.listen({ port: Number(process.env.PORT ?? 3000) });
// #endregion

const { server } = app;
export { hub, server };
