// #region app
import { readFileSync } from 'node:fs';
import Router from '@koa/router';
import { channel, createHub, defineChannels } from '@rt/core';
import { realtime } from '@rt/koa';
import Koa from 'koa';
import { z } from 'zod';

const channels = defineChannels({
  lobby: channel({
    events: { message: z.object({ text: z.string().max(4000) }) },
    subscribe: 'anyone', // nobody unless you say so
    publish: 'anyone',
  }),
});

const hub = createHub({ channels });
const rt = realtime(hub, { user: () => null }); // who asks: nobody logs in yet
const page = readFileSync(new URL('index.html', import.meta.url), 'utf8');

const router = new Router();
router.all('/rt', rt.handler());
router.get('/', (ctx) => {
  ctx.body = page;
});

const app = new Koa();
app.use(router.routes());
const server = app.listen(Number(process.env.PORT ?? 3000));
rt.attach(server, { path: '/rt' }); // WebSockets too
// #endregion

export { hub, server };
