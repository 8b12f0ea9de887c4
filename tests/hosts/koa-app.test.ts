import { createServer } from 'node:http';
import { realtime } from '@rt/koa';
import type { RawResponse } from '@rt/testkit';
import { rawRequest, rawWebSocket, within } from '@rt/testkit';
import type { Middleware } from 'koa';
import Koa from 'koa';
import { afterEach, describe, expect, test } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface Served extends TestHub {
  readonly port: number;
  readonly errors: readonly Error[];
  get(headers?: Readonly<Record<string, string>>): Promise<RawResponse>;
}

async function serve(around: Middleware, user: () => unknown = () => null): Promise<Served> {
  const made = testHub();
  const app = new Koa();
  const errors: Error[] = [];
  app.on('error', (error: Error) => errors.push(error));
  const rt = realtime(made.hub, { user });
  app.use(around).use(rt.handler());
  const callback = app.callback();
  const server = createServer((request, response) => void callback(request, response));
  rt.attach(server, { path: '/rt' });
  const { port, close } = await listening(server);
  cleanUps.push(close, () => made.hub.close({ withinMs: 500 }));
  return Object.assign(made, {
    port,
    errors,
    async get(headers = { accept: 'text/event-stream' }) {
      const response = await rawRequest({ port, path: '/rt?channel=open:1', headers });
      cleanUps.push(() => response.cut());
      return response;
    },
  });
}

const closings = (served: TestHub, count: number): Promise<void> =>
  within(
    'the ends',
    served.observed((events) => events.filter(({ type }) => type === 'connection_closed').length === count),
  );

describe('Koa', () => {
  test('peers that leave are no errors of the app', async () => {
    const served = await serve((_ctx, next) => next());
    const stream = await served.get();
    const socket = await rawWebSocket({ port: served.port, path: '/rt' });
    await within(
      'both',
      served.observed((events) => events.filter(({ type }) => type === 'connection_opened').length === 2),
    );
    stream.cut();
    for (const handshake of [socket]) if (handshake.type === 'open') handshake.webSocket.socket.resetAndDestroy();
    await closings(served, 2);
    // What Koa has to say of them it has said when it has answered another request.
    await (await served.get({ accept: 'application/json' })).text();
    expect(served.errors).toEqual([]);
  });

  // RT-HOST-8
  test('middleware that throws after the hub has answered: its error is the answer, and the stream has failed', async () => {
    const served = await serve(async (_ctx, next) => {
      await next();
      throw Object.assign(new Error('too late'), { status: 418, expose: true });
    });
    const stream = await served.get();
    expect([stream.head.status, await stream.text()]).toEqual([418, 'too late']);
    const refused = await rawWebSocket({ port: served.port, path: '/rt' });
    expect(refused).toMatchObject({ type: 'refused', head: { status: 418 }, body: 'too late' });
    await closings(served, 2);
    const ends = served.events.flatMap((event) => (event.type === 'connection_closed' ? [event.end] : []));
    expect(ends).toEqual(['failed', 'failed']);
  });

  // RT-HOST-8
  test('middleware that puts another body in the place of the stream', async () => {
    const served = await serve(async (ctx, next) => {
      await next();
      ctx.status = 403;
      ctx.body = 'not for you';
    });
    const stream = await served.get();
    expect([stream.head.status, await stream.text()]).toEqual([403, 'not for you']);
    await closings(served, 1);
    expect(served.open()).toBe(0);
  });

  test('what the user option throws is answered by Koa', async () => {
    const served = await serve(
      (_ctx, next) => next(),
      () => {
        throw Object.assign(new Error('who?'), { status: 401, expose: true });
      },
    );
    const answer = await served.get();
    expect([answer.head.status, await answer.text()]).toEqual([401, 'who?']);
    expect(await rawWebSocket({ port: served.port, path: '/rt' })).toMatchObject({ head: { status: 401 } });
  });
});
