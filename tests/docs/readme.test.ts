import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { rawRequest, rawWebSocket } from '@rt/testkit';
import { expect, test, vi } from 'vitest';
import { builtApp } from './built-app.ts';
import { AppModule } from './readme/nest.ts';

/** What `curl` is shown to do: the newest, and then what comes. */
async function expectTicks(port: number): Promise<void> {
  const headers = { accept: 'text/event-stream' };
  const stream = await rawRequest({ port, path: '/rt?channel=clock&last=1', headers });
  const [first, second] = (await stream.events(2)).map(({ event, data }) => `${event} ${data}`);
  expect([first, second]).toEqual([0, 1].map(() => expect.stringMatching(/^tick "\d{4}-\d\d-\d\dT[\d:.]+Z"$/)));
  expect(second).not.toBe(first);
  expect(await rawWebSocket({ port, path: '/rt' })).toMatchObject({ type: 'open' });
  stream.cut();
}

// RT-FIRST-12
test.concurrent.each(['express-sse', 'fastify', 'koa', 'node'])(
  'the README of @rt/%s leads to a live event',
  async (name) => {
    const app = await builtApp(`packages/${name}/README.md`, 'server.mts');
    await expectTicks(app.port);
    await app.close();
  },
);

// RT-FIRST-12
test('the README of @rt/nest leads to a live event', async () => {
  const timers = vi.spyOn(globalThis, 'setInterval');
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  await expectTicks(((app.getHttpServer() as Server).address() as AddressInfo).port);
  for (const { value } of timers.mock.results) clearInterval(value as NodeJS.Timeout);
  timers.mockRestore();
  await app.close();
});
