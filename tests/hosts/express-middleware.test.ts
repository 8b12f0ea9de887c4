import { createServer } from 'node:http';
import { connect } from 'node:net';
import { realtime } from '@rt/express-sse';
import type { RawRequest, RawResponse } from '@rt/testkit';
import { rawRequest, within } from '@rt/testkit';
import compression from 'compression';
import cors from 'cors';
import type { Express, RequestHandler } from 'express';
import express from 'express';
import express4 from 'express4';
import { rateLimit } from 'express-rate-limit';
import session from 'express-session';
import { afterEach, describe, expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function serve(kind: typeof express, build: (app: Express, rt: RequestHandler) => void): Promise<Served> {
  const { hub, open } = testHub();
  const app = kind();
  build(app, realtime(hub, { user: (request) => request.get('x-user') }));
  const { port, close } = await listening(createServer(app));
  cleanUps.push(close, () => hub.close({ withinMs: 500 }));
  return {
    hub,
    open,
    async get(path, headers = { accept: 'text/event-stream' }) {
      const response = await rawRequest({ port, path, headers });
      cleanUps.push(() => response.cut());
      return response;
    },
  };
}

interface Served {
  readonly hub: ReturnType<typeof testHub>['hub'];
  open(): number;
  get(path: string, headers?: RawRequest['headers']): Promise<RawResponse>;
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
] as const)('%s with middleware in front', (_, kind) => {
  // RT-PLAIN-11
  test('what refuses, refuses', async () => {
    const { get, open } = await serve(kind, (app, rt) => {
      app.use('/rt', (_request, response) => void response.status(401).json({ login: '/login' }), rt);
    });
    const response = await get('/rt?channel=open:1');
    expect([response.head.status, await response.text(), open()]).toEqual([401, '{"login":"/login"}', 0]);
  });

  test('CORS headers and a Vary of the host stay beside ours', async () => {
    const { get } = await serve(kind, (app, rt) => {
      app.use(cors({ origin: 'https://app.example', credentials: true }));
      app.use('/rt', rt);
    });
    for (const accept of ['text/event-stream', 'application/json']) {
      const { headers } = (await get('/rt?channel=open:1', { accept, origin: 'https://app.example' })).head;
      expect(headers.get('access-control-allow-origin')).toEqual(['https://app.example']);
      expect(headers.get('vary')).toEqual(['Origin, Accept']);
    }
  });

  test('compression holds no event back, and still compresses pages', async () => {
    const { hub, get } = await serve(kind, (app, rt) => {
      app.use(compression({ threshold: 0 }));
      app.use('/rt', rt);
    });
    const gzip = { 'accept-encoding': 'gzip' };
    const stream = await get('/rt?channel=open:1', { accept: 'text/event-stream', ...gzip });
    expect(stream.head.headers.get('content-encoding')).toBeUndefined();
    await hub.channel('open:1').publish('said', 'now');
    expect(await stream.events(1)).toMatchObject([{ data: '"now"' }]);
    const page = await get('/rt?channel=open:1', { accept: 'application/json', ...gzip });
    expect(page.head.headers.get('content-encoding')).toEqual(['gzip']);
  });

  test('compression that ignores no-transform is flushed after each write', async () => {
    const { hub, get } = await serve(kind, (app, rt) => {
      app.use(compression({ threshold: 0 }));
      app.use('/rt', (_request, response, next) => {
        // Such middleware looks at the header when the head goes out; this one never sees `no-transform`.
        const { setHeader } = response;
        response.setHeader = function set(name, value) {
          return setHeader.call(this, name, name === 'cache-control' ? 'no-cache' : value);
        };
        next();
      });
      app.use('/rt', rt);
    });
    const stream = await get('/rt?channel=open:1', { accept: 'text/event-stream', 'accept-encoding': 'gzip' });
    expect(stream.head.headers.get('content-encoding')).toEqual(['gzip']);
    const before = stream.body.length;
    await hub.channel('open:1').publish('said', 'now');
    // Bytes of the event come without another write that would push them out.
    await expect.poll(() => stream.body.length, { timeout: 10_000 }).toBeGreaterThan(before);
  });

  test('a session that the request changes is stored before the stream ends', async () => {
    const { get } = await serve(kind, (app, rt) => {
      app.use(session({ secret: 'not secret', resave: false, saveUninitialized: false }));
      app.use('/rt', (request, _response, next) => {
        Object.assign(request.session, { seen: true });
        next();
      });
      app.use('/rt', rt);
      app.get('/seen', (request, response) => void response.json('seen' in request.session));
    });
    const stream = await get('/rt?channel=open:1');
    const cookie = stream.head.headers.get('set-cookie')?.[0]?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^connect\.sid=/);
    expect(await (await get('/seen', { cookie })).text()).toBe('true');
  });

  test('a session without anything in it is left alone', async () => {
    const { get } = await serve(kind, (app, rt) => {
      app.use(session({ secret: 'not secret', resave: false, saveUninitialized: false }));
      app.use('/rt', rt);
    });
    const stream = await get('/rt?channel=open:1');
    expect(stream.head.headers.get('set-cookie')).toBeUndefined();
  });

  test('rate limits count requests, and their headers go out', async () => {
    const { get } = await serve(kind, (app, rt) => {
      app.use('/rt', rateLimit({ limit: 2, windowMs: 60_000, legacyHeaders: true, standardHeaders: false }), rt);
    });
    const heads = [await get('/rt?channel=open:1'), await get('/rt?channel=open:1'), await get('/rt?channel=open:1')];
    expect(heads.map(({ head }) => head.status)).toEqual([200, 200, 429]);
    expect(heads[0]?.head.headers.get('x-ratelimit-remaining')).toEqual(['1']);
  });

  test('only the mounted URL is served, under any kind of mount', async () => {
    const { get } = await serve(kind, (app, rt) => {
      app.use('/use', rt);
      app.all('/all', rt);
      const router = kind.Router();
      router.use('/inner', rt);
      app.use('/outer', router);
      app.use((_request, response) => void response.status(404).send('the app’s own'));
    });
    for (const path of ['/use', '/use/', '/all', '/outer/inner']) {
      const page = await get(`${path}?channel=open:1`, { accept: 'application/json' });
      expect([path, page.head.status]).toEqual([path, 200]);
    }
    expect(await (await get('/use/deeper?channel=open:1')).text()).toBe('the app’s own');
  });

  test('what the user option throws or rejects with goes to the app’s error middleware', async () => {
    const { hub } = testHub();
    const app = kind();
    app.use(
      '/throws',
      realtime(hub, {
        user: () => {
          throw new Error('no user here');
        },
      }),
    );
    app.use('/rejects', realtime(hub, { user: async () => Promise.reject(new Error('no user here')) }));
    app.use(
      ((error, _request, response, _next) =>
        void response.status(418).send(error.message)) as import('express').ErrorRequestHandler,
    );
    const { port, close } = await listening(createServer(app));
    cleanUps.push(close, () => hub.close());
    for (const path of ['/throws', '/rejects']) {
      const response = await rawRequest({ port, path: `${path}?channel=open:1` });
      expect([response.head.status, await response.text()]).toEqual([418, 'no user here']);
      response.cut();
    }
  });

  test('a peer that leaves while the user is being found out leaves nothing behind', async () => {
    const { hub, events } = testHub();
    const user = Promise.withResolvers<string>();
    const app = kind();
    const gone = new Promise<void>((resolve) => {
      app.use((request, _response, next) => {
        request.socket.once('close', () => resolve());
        next();
      });
    });
    const asked = new Promise<void>((resolve) => {
      app.use(
        '/rt',
        realtime(hub, {
          user: async () => {
            resolve();
            return user.promise;
          },
        }),
      );
    });
    const { port, close } = await listening(createServer(app));
    cleanUps.push(close, () => hub.close({ withinMs: 500 }));
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /rt?channel=open:1 HTTP/1.1\r\nHost: l\r\nAccept: text/event-stream\r\n\r\n');
    await within('the question', asked);
    socket.destroy();
    await within('the server to notice', gone);
    user.resolve('ada');
    // Whatever the answer sets off is done when the hub has closed: it waits for every connection.
    await hub.close();
    expect(events).toEqual([]);
  });
});
