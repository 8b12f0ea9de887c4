import type { AddressInfo } from 'node:net';
import websocket from '@fastify/websocket';
import type { RealtimeOptions } from '@rt/fastify';
import { realtime } from '@rt/fastify';
import type { RawResponse } from '@rt/testkit';
import { rawRequest, rawWebSocket, within } from '@rt/testkit';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import Fastify from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { testHub } from '../support/hub.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface Served extends TestHub {
  readonly app: FastifyInstance;
  readonly port: number;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<RawResponse>;
}

type Build = (app: FastifyInstance, options: RealtimeOptions) => PromiseLike<unknown>;

async function serve(build: Build, options: FastifyServerOptions = {}): Promise<Served> {
  const made = testHub();
  const app = Fastify(options);
  await build(app, { hub: made.hub as unknown as RealtimeOptions['hub'], user: () => null });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  cleanUps.push(() => within('the app to close', app.close()));
  return Object.assign(made, {
    app,
    port,
    async get(path: string, headers: Readonly<Record<string, string>> = { accept: 'text/event-stream' }) {
      const response = await rawRequest({ port, path, headers });
      cleanUps.push(() => response.cut());
      return response;
    },
  });
}

const plain: Build = async (app, options) => app.register(realtime, options);
const json = { accept: 'application/json' };
const ends = ({ events }: TestHub): readonly unknown[] =>
  events.flatMap((event) => (event.type === 'connection_closed' ? [event.end] : []));

describe('Fastify', () => {
  // RT-HOST-11
  test('app.close() alone ends everything, at once and in good order', async () => {
    const served = await serve(plain);
    const { app, port, get, observed } = served;
    const streams = await Promise.all(Array.from({ length: 100 }, () => get('/rt?channel=open:1')));
    const polls = Promise.all(Array.from({ length: 100 }, () => get('/rt?channel=open:1&wait=25', json)));
    const sockets = await Promise.all(Array.from({ length: 100 }, () => rawWebSocket({ port, path: '/rt' })));
    await within(
      'all of them',
      observed((events) => events.filter(({ type }) => type === 'connection_opened').length === 300),
    );
    const began = performance.now();
    await within('close', app.close());
    expect(performance.now() - began).toBeLessThan(1000);
    for (const stream of streams) expect(await stream.text()).toContain('rt.bye');
    for (const poll of await polls) expect(poll.head.status).toBe(200);
    expect(new Set(sockets.map(({ type }) => type))).toEqual(new Set(['open']));
    expect(ends(served)).toEqual(Array.from({ length: 300 }, () => 'done'));
  });

  test('with return503OnClosing: false a browser that comes while it closes is told when to come back', async () => {
    const { app, port, get, observed } = await serve(
      (app_, options) => app_.register(realtime, { ...options, close: { withinMs: 300 } }),
      { return503OnClosing: false },
    );
    const silent = await rawWebSocket({ port, path: '/rt' });
    await within(
      'the connection',
      observed((events) => events.some(({ type }) => type === 'connection_opened')),
    );
    // It answers nothing, so the app waits for it as long as it may.
    for (const { webSocket } of [silent].filter((one) => one.type === 'open')) webSocket.socket.pause();
    const closed = app.close();
    const stream = await get('/rt?channel=open:1');
    expect([stream.head.status, await stream.text()]).toEqual([200, expect.stringContaining('rt.bye')]);
    await within('close', closed, 3000);
  });

  test('a hub that the app closes itself is left alone', async () => {
    const { app, hub } = await serve((app_, options) => app_.register(realtime, { ...options, close: false }));
    await app.close();
    expect(await hub.channel('open:1').publish('said', 'still open')).toMatch(/\.1$/);
    await hub.close();
  });

  test.each(['before', 'after'])('@fastify/websocket registered %s: both take their own', async (order) => {
    const own: Build = async (app) => {
      await app.register(websocket);
      app.get('/own', { websocket: true }, (socket) => socket.send('own'));
    };
    const { port } = await serve(async (app, options) => {
      for (const build of order === 'before' ? [own, plain] : [plain, own]) await build(app, options);
    });
    for (const [path, protocols] of [
      ['/rt', ['rt.v1']],
      ['/own', []],
    ] as const) {
      const accepted = await rawWebSocket({ port, path, protocols });
      expect([path, accepted.type]).toEqual([path, 'open']);
      cleanUps.push(() => 'webSocket' in accepted && accepted.webSocket.socket.destroy());
    }
  });

  test('a hook that refuses upgrades leaves nothing that would hold up closing', async () => {
    const { app, port } = await serve(async (app_, options) => {
      app_.addHook('onRequest', async (_request, reply) => reply.code(401).send({ error: 'login first' }));
      await app_.register(realtime, options);
      await app_.register(websocket);
    });
    const refused = await Promise.all(Array.from({ length: 20 }, () => rawWebSocket({ port, path: '/rt' })));
    expect(refused[0]).toMatchObject({ head: { status: 401 }, body: '{"error":"login first"}' });
    await within('close', app.close(), 1000);
  });

  test('streams and polls outlive the app’s handlerTimeout', async () => {
    const { hub, get } = await serve(
      async (app, options) => {
        app.get('/hangs', async () => new Promise(() => {}));
        await app.register(realtime, options);
      },
      { handlerTimeout: 100 },
    );
    const stream = await get('/rt?channel=open:1');
    const poll = get('/rt?channel=open:1&wait=25', json);
    expect((await get('/hangs', json)).head.status).toBe(503);
    await hub.channel('open:1').publish('said', 'still here');
    expect(await stream.events(1)).toMatchObject([{ data: '"still here"' }]);
    expect(await (await poll).text()).toContain('still here');
  });

  // RT-HOST-8
  test('a hook that throws after the hub has answered: its error is the answer, and the stream has failed', async () => {
    const served = await serve(async (app, options) => {
      app.addHook('onSend', async (_request, reply) => {
        if (reply.statusCode < 400) throw Object.assign(new Error('too late'), { statusCode: 418 });
      });
      await app.register(realtime, options);
    });
    const stream = await served.get('/rt?channel=open:1');
    expect([stream.head.status, await stream.text()]).toEqual([418, expect.stringContaining('too late')]);
    const refused = await rawWebSocket({ port: served.port, path: '/rt' });
    expect(refused).toMatchObject({
      type: 'refused',
      head: { status: 418 },
      body: expect.stringContaining('too late'),
    });
    await within(
      'both ends',
      served.observed((events) => events.filter(({ type }) => type === 'connection_closed').length === 2),
    );
    expect(ends(served)).toEqual(['failed', 'failed']);
  });

  test('a prefix, and the hooks of the context that registers it, and no others', async () => {
    const { port, get } = await serve(async (app, options) => {
      await app.register(
        async (api) => {
          api.addHook('preHandler', async (_request, reply) => void reply.header('x-api', '1'));
          await api.register(realtime, { ...options, path: '/live' });
        },
        { prefix: '/api' },
      );
      await app.register(async (other) => {
        other.addHook('preHandler', async (_request, reply) => reply.code(401).send());
      });
    });
    const stream = await get('/api/live?channel=open:1');
    expect([stream.head.status, stream.head.headers.get('x-api')]).toEqual([200, ['1']]);
    const accepted = await rawWebSocket({ port, path: '/api/live' });
    expect(accepted.type).toBe('open');
    expect((await get('/live?channel=open:1')).head.status).toBe(404);
  });

  test('inject: pages, errors, HEAD, and a stream that ends', async () => {
    const { app, hub, observed } = await serve(plain);
    const url = '/rt?channel=open:1';
    expect((await app.inject({ url, headers: json })).json()).toMatchObject({ channel: 'open:1', publications: [] });
    expect((await app.inject({ url: '/rt', headers: json })).statusCode).toBe(400);
    const head = await app.inject({ method: 'HEAD', url, headers: { accept: 'text/event-stream' } });
    expect([head.statusCode, head.headers['content-type'], head.body]).toEqual([200, 'text/event-stream', '']);
    await hub.channel('open:1').publish('said', 'before');
    const stream = app
      .inject({ url: `${url}&after=start`, headers: { accept: 'text/event-stream' } })
      .then((answer) => answer);
    await within(
      'the stream',
      observed((events) => events.some(({ type }) => type === 'connection_opened')),
    );
    await hub.close();
    expect((await within('the stream', stream)).body).toMatch(/data: "before"[\s\S]*rt\.bye/);
  });

  test('a body of any type is the hub’s to read, with its own limit', async () => {
    const { port } = await serve(plain);
    const headers = { accept: 'text/event-stream', 'content-type': 'application/x-www-form-urlencoded' };
    const opened = await rawRequest({ port, method: 'POST', path: '/rt', headers, body: '{"type":"connect","id":1}' });
    cleanUps.push(() => opened.cut());
    expect(await opened.events(1)).toMatchObject([{ data: expect.stringContaining('"connected"') }]);
  });

  test('a peer that leaves is one line in the log, and so is one whose stream has ended', async () => {
    const lines: string[] = [];
    const served = await serve(plain, { logger: { stream: { write: (line: string) => void lines.push(line) } } });
    const told = (): number => lines.filter((line) => /premature|request completed/.test(line)).length;
    (await served.get('/rt?channel=open:1')).cut();
    await expect.poll(told).toBe(1);
    const stream = await served.get('/rt?channel=open:1');
    await served.hub.close();
    await stream.ended();
    await expect.poll(told).toBe(2);
    await served.app.close();
    expect(told()).toBe(2);
  });

  test('what the user option throws goes to the error handler', async () => {
    const { get } = await serve((app, options) =>
      app.register(realtime, {
        ...options,
        user: async () => Promise.reject(Object.assign(new Error('who?'), { statusCode: 401 })),
      }),
    );
    const answer = await get('/rt?channel=open:1');
    expect([answer.head.status, await answer.text()]).toEqual([401, expect.stringContaining('who?')]);
  });

  test('the hub is there as app.rt', async () => {
    const { app, hub } = await serve(plain);
    expect(app.rt).toBe(hub);
  });
});
