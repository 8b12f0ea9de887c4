// Ours in Koa.
import { createServer } from 'node:http';
import Router from '@koa/router';
import { realtime } from '@rt/koa';
import Koa from 'koa';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { listening } from '../server/stage.ts';
import { benchHub, userOf } from './bench-hub.ts';

export async function open(setup: Setup): Promise<Stage> {
  const { hub, ...publishing } = benchHub(setup);
  const app = new Koa();
  const rt = realtime(hub, { user: (ctx) => userOf(ctx.url) });
  app.use(new Router().all('/rt', rt.handler()).routes());
  const callback = app.callback();
  const server = createServer((request, response) => void callback(request, response));
  rt.attach(server, { path: '/rt', compress: setup.compress });
  return { ...(await listening(server)), ...publishing };
}
