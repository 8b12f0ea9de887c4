import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import { createHub } from '@rt/core';
import { realtime } from '@rt/koa';
import type { Context, Middleware } from 'koa';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import session from 'koa-session';
import type { StartApp } from './app.ts';
import { channels } from './channels.ts';

export const startApp: StartApp = async (port) => {
  const hub = createHub({ channels });
  const router = new Router();

  const app = new Koa({ proxy: true }); // a proxy in front: ctx.ip is the client's address

  app.keys = ['from your secrets'];
  app.use(session(app)).use(bodyParser());

  router.post('/login', (ctx) => {
    Object.assign(ctx.session ?? {}, { user: { id: (ctx.request.body as { user: string }).user } });
    ctx.status = 204;
  });
  const userOf = (ctx: Context) => ctx.session?.['user'] as { id: string } | undefined;
  const requireLogin: Middleware = async (ctx, next) => {
    if (userOf(ctx) === undefined) ctx.throw(401, 'login first');
    await next();
  };

  const rt = realtime(hub, { user: userOf });
  router.all('/rt', requireLogin, rt.handler());

  router.post('/rooms/:roomId/messages', requireLogin, async (ctx) => {
    const room = hub.channel(`room:${String(ctx.params['roomId'])}`);
    ctx.status = 201;
    ctx.body = { position: await room.publish('message', ctx.request.body as { text: string }) };
  });

  router.get('/rooms/:roomId/members', requireLogin, async (ctx) => {
    ctx.body = await hub.channel(`room:${String(ctx.params['roomId'])}`).members();
  });

  app.use(router.routes());
  const server = app.listen(port);
  rt.attach(server, { path: '/rt' }); // WebSocket upgrades go through the same middleware

  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    await hub.close({ withinMs: 10_000 });
    await closed;
  };

  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close };
};
