import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { realtime as inFastify } from '@rt/fastify';
import { realtime as inKoa } from '@rt/koa';
import { realtime } from '@rt/node';
import type { SseItem } from '@rt/protocol';
import { createSseParser } from '@rt/protocol';
import { within } from '@rt/testkit';
import Fastify from 'fastify';
import Koa from 'koa';
import { afterEach, describe, expect, test } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { testHub } from '../support/hub.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** Listens with a hub at `/`, and says where and how to close it. */
type Listen = (hub: TestHub['hub']) => Promise<{ readonly address: AddressInfo; close(): Promise<unknown> }>;

const listenPlain: Listen = async (hub) => {
  const rt = realtime(hub, { user: () => null });
  const server = createServer((request, response) => void rt(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<unknown> => new Promise((resolve) => server.close(resolve));
  return { address: server.address() as AddressInfo, close };
};

const listenFastify: Listen = async (hub) => {
  const app = Fastify({ http2: true });
  await app.register(inFastify as never, { hub, user: () => null, path: '/', close: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { address: app.server.address() as AddressInfo, close: () => app.close() };
};

const listenKoa: Listen = async (hub) => {
  const callback = new Koa().use(inKoa(hub, { user: () => null }).handler()).callback();
  const server = createServer((request, response) => void callback(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<unknown> => new Promise((resolve) => server.close(resolve));
  return { address: server.address() as AddressInfo, close };
};

class Stream {
  readonly stream: ClientHttp2Stream;
  readonly items: SseItem[] = [];
  text = '';
  headers: IncomingHttpHeaders = {};
  ended = false;
  #changed = (): void => {};

  constructor(session: ClientHttp2Session, path: string, headers: Record<string, string>) {
    const parser = createSseParser();
    this.stream = session.request({ ':path': path, ...headers });
    this.stream.on('response', (response) => {
      this.headers = response;
      this.#changed();
    });
    this.stream.on('data', (bytes: Buffer) => {
      this.text += bytes.toString('utf8');
      this.items.push(...parser.feed(bytes));
      this.#changed();
    });
    this.stream.on('close', () => {
      this.ended = true;
      this.#changed();
    });
  }

  async until(what: string, fits: (stream: this) => boolean): Promise<this> {
    while (!fits(this)) {
      await within(
        what,
        new Promise<void>((resolve) => {
          this.#changed = resolve;
        }),
      );
    }
    return this;
  }
}

describe.each([
  ['node:http2', listenPlain],
  ['Fastify', listenFastify],
  ['Koa', listenKoa],
] as const)('%s over HTTP/2', (_, listen) => {
  async function start(
    options: Parameters<typeof testHub>[0] = {},
  ): Promise<TestHub & { readonly session: ClientHttp2Session }> {
    const made = testHub(options);
    const { address, close } = await listen(made.hub);
    const session = connect(`http://127.0.0.1:${address.port}`);
    cleanUps.push(
      close,
      () => session.destroy(),
      () => made.hub.close({ withinMs: 500 }),
    );
    return Object.assign(made, { session });
  }

  test('streams side by side on one connection, without hop-by-hop headers or warnings', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warn);
    cleanUps.push(() => process.off('warning', warn));
    const { hub, session } = await start();
    const streams = Array.from(
      { length: 10 },
      (_, n) => new Stream(session, `/?channel=open:${n}`, { accept: 'text/event-stream' }),
    );
    await Promise.all(
      streams.map((stream) => stream.until('its place', ({ items }) => items.some(({ type }) => type === 'id'))),
    );
    await Promise.all(streams.map((_, n) => hub.channel(`open:${n}`).publish('said', n)));
    for (const [n, stream] of streams.entries()) {
      await stream.until('its event', ({ items }) =>
        items.some((item) => item.type === 'event' && item.data === `${n}`),
      );
      expect([stream.headers[':status'], stream.headers['connection'], stream.headers['transfer-encoding']]).toEqual([
        200,
        undefined,
        undefined,
      ]);
    }
    expect(warnings).toEqual([]);
  });

  test('a slow stream gets everything, and does not hold up its neighbour', async () => {
    const { hub, session } = await start();
    const slow = new Stream(session, '/?channel=deep:1', { accept: 'text/event-stream' });
    const fast = new Stream(session, '/?channel=open:1', { accept: 'text/event-stream' });
    await Promise.all(
      [slow, fast].map((stream) => stream.until('its place', ({ items }) => items.some(({ type }) => type === 'id'))),
    );
    slow.stream.pause();
    for (let n = 0; n < 100; n += 1) await hub.channel('deep:1').publish('said', 'x'.repeat(20_000));
    await hub.channel('open:1').publish('said', 'through');
    await fast.until('the event', ({ text }) => text.includes('through'));
    slow.stream.resume();
    const count = (stream: Stream): number => stream.items.filter(({ type }) => type === 'event').length;
    await slow.until('all events', (stream) => count(stream) === 100);
    const offsets = slow.items.flatMap((item) => (item.type === 'event' ? [Number(item.id.split('.')[1])] : []));
    expect(offsets).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  });

  test('a stream that is reset leaves nothing behind, and the rest goes on', async () => {
    const { hub, session, observed, open } = await start();
    const [gone, stays] = [1, 2].map(
      (n) => new Stream(session, `/?channel=open:${n}`, { accept: 'text/event-stream' }),
    ) as [Stream, Stream];
    await within(
      'both',
      observed((events) => events.filter(({ type }) => type === 'connection_opened').length === 2),
    );
    gone.stream.close();
    await within(
      'the end',
      observed((events) => events.some(({ type }) => type === 'connection_closed')),
    );
    await hub.channel('open:2').publish('said', 'on');
    await stays.until('the event', ({ text }) => text.includes('"on"'));
    expect(open()).toBe(1);
  });

  test('pages, errors, HEAD and the goodbye', async () => {
    const { hub, session } = await start();
    const page = await new Stream(session, '/?channel=open:1', { accept: 'application/json' }).until(
      'the page',
      ({ ended }) => ended,
    );
    expect(JSON.parse(page.text)).toMatchObject({ channel: 'open:1', publications: [] });
    const error = await new Stream(session, '/?channel=none', {}).until('the error', ({ ended }) => ended);
    expect([error.headers[':status'], error.text.includes('channel_unknown')]).toEqual([404, true]);
    const head = await new Stream(session, '/?channel=open:1', {
      ':method': 'HEAD',
      accept: 'text/event-stream',
    }).until('the head', ({ ended }) => ended);
    expect([head.headers['content-type'], head.text]).toEqual(['text/event-stream', '']);
    const stream = await new Stream(session, '/?channel=open:1', { accept: 'text/event-stream' }).until(
      'its place',
      ({ items }) => items.length > 2,
    );
    const poll = new Stream(session, '/?channel=open:1&wait=25', { accept: 'application/json' });
    // The poll waits on the same connection as a page that has been answered: it has been read.
    await new Stream(session, '/?channel=open:1', { accept: 'application/json' }).until(
      'the page',
      ({ ended }) => ended,
    );
    await within('close', hub.close({ withinMs: 2000 }));
    await stream.until('the goodbye', ({ text, ended }) => ended && text.includes('rt.bye'));
    await poll.until('its answer', ({ ended }) => ended);
    expect([poll.headers[':status'], poll.headers['connection']]).toEqual([200, undefined]);
  });
});
