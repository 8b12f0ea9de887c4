import 'reflect-metadata';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { Hub } from '@rt/core';
import { rawRequest, rawWebSocket } from '@rt/testkit';
import { afterAll, expect, test, vi } from 'vitest';
import { AppModule } from './start/nest.ts';

interface Started {
  readonly port: number;
  close(): Promise<void>;
}

async function started(
  load: () => Promise<{ readonly server: Server; readonly hub: Pick<Hub, 'close'> }>,
): Promise<Started> {
  vi.stubEnv('PORT', '0');
  const { server, hub } = await load();
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      await hub.close({ withinMs: 0 });
      server.close();
      server.closeAllConnections();
    },
  };
}

async function startedNest(): Promise<Started> {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0);
  return { port: ((app.getHttpServer() as Server).address() as AddressInfo).port, close: () => app.close() };
}

const starts: readonly (readonly [string, () => Promise<Started>])[] = [
  ['express', () => started(() => import('./start/express.ts'))],
  ['fastify', () => started(() => import('./start/fastify.ts'))],
  ['koa', () => started(() => import('./start/koa.ts'))],
  ['node', () => started(() => import('./start/node.ts'))],
  ['nest', startedNest],
];

afterAll(() => {
  vi.unstubAllEnvs();
});

// RT-DOCS-3
test.each(starts)('what the first page for %s shows tells what is said', async (_, start) => {
  const { port, close } = await start();
  const stream = await rawRequest({
    port,
    path: '/rt?channel=lobby&last=10',
    headers: { accept: 'text/event-stream' },
  });
  const body = JSON.stringify({ type: 'publish', id: 1, channel: 'lobby', event: 'message', data: { text: 'hi' } });
  const headers = { 'content-type': 'text/plain;charset=UTF-8', 'sec-fetch-site': 'same-origin', connection: 'close' };
  const said = await rawRequest({ port, path: '/rt', method: 'POST', headers, body });
  expect(JSON.parse(await said.text())).toMatchObject({ type: 'published' });
  expect(await stream.events(1)).toMatchObject([{ event: 'message', data: '{"text":"hi"}' }]);
  expect(await rawWebSocket({ port, path: '/rt' })).toMatchObject({ type: 'open' });
  await close();
});
