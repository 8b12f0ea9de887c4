import { createServer } from 'node:http';
import Router from '@koa/router';
import type { Hub } from '@rt/core';
import { realtime as inExpress } from '@rt/express-sse';
import { realtime as inKoa } from '@rt/koa';
import { rawRequest, rawWebSocket } from '@rt/testkit';
import express from 'express';
import Koa from 'koa';
import mount from 'koa-mount';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';
import type { Mounted } from './suite/rig.ts';

const user = (): null => null;
const path = '/api/v1/live';

const nested: readonly (readonly [string, (hub: Hub) => Promise<Mounted>])[] = [
  [
    'Express: a router in a router',
    async (hub) => {
      const rt = inExpress(hub, { user });
      const router = express.Router().use('/v1', express.Router().use('/live', rt));
      const server = createServer(express().use('/api', router));
      rt.attach(server, { path });
      return listening(server);
    },
  ],
  [
    'Koa: a router under a mount',
    async (hub) => {
      const rt = inKoa(hub, { user });
      const router = new Router({ prefix: '/v1' }).all('/live', rt.handler());
      const callback = new Koa().use(mount('/api', router.routes())).callback();
      const server = createServer((request, response) => void callback(request, response));
      rt.attach(server, { path });
      return listening(server);
    },
  ],
];

// RT-HOST-1
test.each(nested)('%s: requests and upgrades below a base path', async (_, serve) => {
  const { hub } = testHub();
  const { port, close } = await serve(hub as unknown as Hub);
  const stream = await rawRequest({ port, path: `${path}?channel=open:1`, headers: { accept: 'text/event-stream' } });
  await hub.channel('open:1').publish('said', 'here');
  expect(await stream.events(1)).toMatchObject([{ data: '"here"' }]);
  expect((await rawWebSocket({ port, path: `${path}?who=ada` })).type).toBe('open');
  expect(await rawWebSocket({ port, path: '/api/v1/other' })).toMatchObject({ type: 'refused', head: { status: 404 } });
  await hub.close({ withinMs: 500 });
  await close();
});
