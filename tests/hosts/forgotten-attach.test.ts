import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { RequestHub } from '@rt/core';
import { realtime as inExpress } from '@rt/express-sse';
import { realtime as inKoa } from '@rt/koa';
import { realtime as inNode } from '@rt/node';
import { rawWebSocket } from '@rt/testkit';
import express from 'express';
import Koa from 'koa';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';

const user = (): null => null;

const apps: readonly (readonly [string, (hub: RequestHub) => RequestListener])[] = [
  [
    'node:http',
    (hub) => {
      const rt = inNode(hub, { user });
      return (request, response) => void rt(request, response);
    },
  ],
  ['Express', (hub) => express().use('/rt', inExpress(hub, { user }))],
  [
    'Koa',
    (hub) => {
      const callback = new Koa().use(inKoa(hub, { user }).handler()).callback();
      return (request, response) => void callback(request, response);
    },
  ],
];

// RT-HOST-12
test.each(apps)('%s: a server that was not told of upgrades says so', async (_, app) => {
  const { hub } = testHub();
  const { port, close } = await listening(createServer(app(hub)));
  const refused = await rawWebSocket({ port, path: '/rt' });
  expect(refused).toMatchObject({ type: 'refused', head: { status: 426 } });
  expect('body' in refused && refused.body).toMatch(/attach\(server\)/);
  await hub.close();
  await close();
});
