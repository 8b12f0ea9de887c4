import { rawRequest } from '@rt/testkit';
import express from 'express';
import { expect, test } from 'vitest';
import { mountExpress } from '../hosts/mounts/express.ts';
import { mountFastify } from '../hosts/mounts/fastify.ts';
import { mountKoa } from '../hosts/mounts/koa.ts';
import { newHub } from './apps.ts';

// RT-FIRST-3
test.each([
  ['Express with compression()', mountExpress(express, true)],
  ['Fastify with @fastify/compress', mountFastify(true)],
  ['Koa with koa-compress', mountKoa('mount', true)],
])('%s: nothing has to be said for streams to come at once', async (_, mount) => {
  const hub = newHub();
  const { port, close } = await mount(hub);
  const headers = { accept: 'text/event-stream', 'accept-encoding': 'gzip, br' };
  const stream = await rawRequest({ port, path: '/rt?channel=room:1', headers });
  expect(stream.head.headers.get('cache-control')?.join()).toContain('no-transform');
  expect(stream.head.headers.get('content-encoding')).toBeUndefined();
  await hub.channel('room:1').publish('said', { text: 'at once' });
  expect(await stream.events(1)).toMatchObject([{ data: '{"text":"at once"}' }]);
  await hub.close({ withinMs: 100 });
  await close();
});
