import { createServer } from 'node:http';
import Router from '@koa/router';
import { realtime } from '@rt/koa';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import compress from 'koa-compress';
import mount from 'koa-mount';
import session from 'koa-session';
import { listening } from '../../support/listen.ts';
import type { Mount } from '../suite/rig.ts';
import { front, loginFirst, userOf } from './front.ts';

/** An app of Koa 3, with the hub in a router or mounted, with or without compression. */
export function mountKoa(kind: 'router' | 'mount', compressed = false): Mount {
  return async (hub, { prepare, upgrades } = {}) => {
    const app = new Koa({ proxy: true, keys: ['not secret'] });
    app.use(async (ctx, next) => {
      ctx.set('x-early', '1');
      await next();
      ctx.set('x-late', '1');
    });
    if (compressed) app.use(compress({ threshold: 0 }));
    app.use(session(app));
    app.use(bodyParser());
    app.use(async (ctx, next) => {
      if (ctx.get('x-session') !== '') Object.assign(ctx.session ?? {}, { seen: true });
      if (ctx.get('x-held') !== '') await front();
      if (ctx.get('x-locked-out') === '') return next();
      ctx.status = 401;
      ctx.body = loginFirst;
    });
    const rt = realtime(hub, { user: (ctx) => userOf(ctx.get('x-user')) });
    if (kind === 'mount') app.use(mount('/rt', rt.handler()));
    else app.use(new Router().all('/rt', rt.handler()).routes());
    const callback = app.callback();
    const server = createServer((request, response) => void callback(request, response));
    prepare?.(server);
    rt.attach(server, { ...upgrades, path: '/rt' });
    return listening(server);
  };
}
