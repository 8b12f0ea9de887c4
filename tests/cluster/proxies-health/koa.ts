import Router from '@koa/router';
import type { Hub } from '@rt/core';
import Koa from 'koa';

export function healthOf(hub: Hub) {
  const app = new Koa();
  const router = new Router();

  router.get('/live', (ctx) => {
    ctx.status = hub.health().live ? 200 : 500;
  });
  router.get('/ready', (ctx) => {
    const { ready, reason } = hub.health();
    ctx.status = ready ? 200 : 503;
    ctx.body = reason ?? 'ready';
  });

  app.use(router.routes());
  return (port: number) => app.listen(port, '127.0.0.1');
}
