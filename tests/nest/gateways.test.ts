import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { Controller, Get } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WsResponse } from '@nestjs/websockets';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { RtAdapter, RtModule } from '@rt/nest';
import { rawRequest, rawWebSocket, within } from '@rt/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { listening } from '../support/listen.ts';
import type { Platform } from './mounts/platforms.ts';
import { listeningApp, nestApp, platforms } from './mounts/platforms.ts';
import { ChatGateway, CounterGateway, Diary } from './stock/chat-gateway.ts';
import type { GatewayPeer, OpenPeer } from './stock/gateway-peer.ts';
import { overSse, overWebSocket } from './stock/gateway-peer.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

@Controller('chat')
class Pages {
  @Get()
  page(): string {
    return 'a page of the app';
  }
}

interface Started {
  readonly app: INestApplication;
  readonly port: number;
  readonly server: Server;
  readonly diary: Diary;
  close(): Promise<void>;
}

type AdapterOf = (app: INestApplication) => WsAdapter | RtAdapter;

async function start(
  platform: Platform,
  adapterOf: AdapterOf,
  prepare: (app: INestApplication) => void = () => {},
): Promise<Started> {
  const app = await nestApp(platform, { providers: [ChatGateway, CounterGateway, Diary], controllers: [Pages] });
  app.useWebSocketAdapter(adapterOf(app));
  prepare(app);
  const listening = await listeningApp(app);
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => (closed ??= listening.close());
  cleanUps.push(close);
  return { app, ...listening, close, diary: app.get(Diary) };
}

const stock: AdapterOf = (app) => new WsAdapter(app);
const ours: AdapterOf = (app) => new RtAdapter(app);

async function open(peer: OpenPeer, port: number, query?: string): Promise<GatewayPeer> {
  const opened = await peer(port, query);
  cleanUps.push(() => opened.leave());
  return opened;
}

const wires = [
  ['platform-ws over WebSocket', stock, overWebSocket],
  ['ours over WebSocket', ours, overWebSocket],
  ['ours over SSE and POST', ours, overSse],
] as const;

const cases = wires.flatMap(([name, adapterOf, peer]) =>
  platforms.map((platform) => [`${name}, on ${platform}`, { platform, adapterOf, peer }] as const),
);

describe.each(cases)('a stock gateway under %s', (_, { platform, adapterOf, peer }) => {
  // RT-NEST-3
  test('is told of connections, and talks first', async () => {
    const { port, diary } = await start(platform, adapterOf);
    const client = await open(peer, port, '?who=ada');
    expect(await client.next()).toEqual({ event: 'hello', data: 'ada' });
    client.leave();
    await expect.poll(() => diary.lines).toEqual(['init function', 'connection', 'disconnect']);
  });

  // RT-NEST-3
  test('answers with events, values, promises and streams', async () => {
    const { port } = await start(platform, adapterOf);
    const client = await open(peer, port);
    await client.next();
    await client.say('echo', { deep: ['ä\n', null, 1] });
    expect(await client.next()).toEqual({ event: 'echo', data: { deep: ['ä\n', null, 1] } });
    await client.say('plain', { text: 'just this' });
    expect(await client.next()).toBe('just this');
    await client.say('nothing');
    await client.say('lines');
    expect(await client.next()).toEqual({ event: 'lines', data: '\n' });
    await client.say('count', { to: '3' });
    expect([await client.next(), await client.next(), await client.next()]).toEqual(
      [1, 2, 3].map((data) => ({ event: 'count', data })),
    );
  });

  // RT-NEST-3
  test('runs guards, pipes, interceptors and filters, and says what its exceptions say', async () => {
    const { port } = await start(platform, adapterOf);
    const client = await open(peer, port);
    await client.next();
    await client.say('adults', { age: 17 });
    expect(await client.next()).toMatchObject({ event: 'exception', data: { message: 'Forbidden resource' } });
    await client.say('adults', { age: 18 });
    expect(await client.next()).toEqual({ event: 'adults', data: 'come in' });
    await client.say('count', { to: 'many' });
    expect(await client.next()).toMatchObject({ event: 'exception', data: { status: 'error' } });
    await client.say('loud', 'hush');
    expect(await client.next()).toEqual({ event: 'loud', data: 'HUSH' });
    await client.say('refuse');
    expect(await client.next()).toMatchObject({ event: 'exception', data: { message: 'not today' } });
    await client.say('range');
    expect(await client.next()).toEqual({ event: 'range', data: 'too far' });
    await client.say('crash');
    expect(await client.next()).toMatchObject({ event: 'exception', data: { message: 'Internal server error' } });
  });

  // RT-NEST-3
  test('reaches everybody who is open', async () => {
    const { port } = await start(platform, adapterOf);
    const clients = [await open(peer, port), await open(peer, port)];
    for (const client of clients) await client.next();
    await clients[0]?.say('all', 'news');
    for (const client of clients) expect(await client.next()).toEqual({ event: 'all', data: 'news' });
  });

  // RT-NEST-3
  test('beside another one at its path, which has an instance for each client', async () => {
    const { port } = await start(platform, adapterOf);
    for (const client of [await open(peer, port), await open(peer, port)]) {
      await client.next();
      await client.say('times');
      await client.say('times');
      expect([await client.next(), await client.next()]).toEqual([1, 2].map((data) => ({ event: 'times', data })));
    }
  });

  // RT-NEST-3
  test('may end a client, and ignores what it does not know', async () => {
    const { port } = await start(platform, adapterOf);
    const client = await open(peer, port);
    await client.next();
    await client.say('nothing of the kind', 1);
    await client.say('close');
    expect([4321, null]).toContain(await within('the end', client.ended));
  });
});

describe.each(platforms)('our adapter on %s', (platform) => {
  // RT-NEST-4
  test('runs middleware before it accepts, with its headers and refusals', async () => {
    const { port } = await start(platform, ours, (app) => {
      type Next = (...parts: readonly unknown[]) => void;
      app.use(
        (
          request: { url: string },
          response: { setHeader: Next; writeHead(status: number, headers: object): { end: Next } },
          next: Next,
        ) => {
          response.setHeader('x-front', 'was here');
          if (request.url.includes('locked')) response.writeHead(401, { 'content-length': '11' }).end('login first');
          else next();
        },
      );
    });
    const refused = await rawWebSocket({ port, path: '/chat?locked', protocols: [] });
    expect(refused).toMatchObject({ type: 'refused', head: { status: 401 }, body: 'login first' });
    const accepted = await rawWebSocket({ port, path: '/chat', protocols: [] });
    const { webSocket } = accepted as Extract<typeof accepted, { type: 'open' }>;
    cleanUps.push(() => webSocket.socket.destroy());
    expect((await webSocket.head).headers.get('x-front')).toEqual(['was here']);
  });

  test('leaves what is for no gateway to the app', async () => {
    const { port } = await start(platform, ours);
    const page = await rawRequest({ port, path: '/chat' });
    expect([page.head.status, await page.text()]).toEqual([200, 'a page of the app']);
    page.cut();
    const elsewhere = await rawWebSocket({ port, path: '/elsewhere', protocols: [] });
    expect(elsewhere).toMatchObject({ type: 'refused', head: { status: 404 } });
  });

  test('a POST for nobody is 410, and one that is too large 413', async () => {
    const { port } = await start(platform, ours);
    const nobody = await rawRequest({ port, path: '/chat?client=x', method: 'POST', body: '{}' });
    const stream = await rawRequest({ port, path: '/chat', headers: { accept: 'text/event-stream' } });
    cleanUps.push(() => stream.cut());
    const [first] = await stream.events(1);
    const large = await rawRequest({
      port,
      path: `/chat?client=${first?.data}`,
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'x'.repeat(70_000),
    });
    expect([nobody.head.status, large.head.status]).toEqual([410, 413]);
    for (const answer of [nobody, large]) answer.cut();
  });

  // RT-NEST-5
  test('closing tells every client, and takes less than a second', async () => {
    const { port, diary, close } = await start(platform, ours);
    const [socket, stream] = [await open(overWebSocket, port), await open(overSse, port)];
    for (const client of [socket, stream]) await client.next();
    await within('the app to close', close(), 1000);
    expect([await socket.ended, await stream.ended]).toEqual([1001, null]);
    expect(diary.lines.filter((line) => line === 'disconnect')).toHaveLength(2);
  });

  test('a gateway where the hub is, is refused when the app begins', async () => {
    const imports = [RtModule.forRoot({ path: 'chat' })];
    const app = await nestApp(platform, { imports, providers: [ChatGateway, Diary] });
    app.useWebSocketAdapter(new RtAdapter(app));
    await expect(app.init()).rejects.toThrow(/^option_invalid: .*both at \/chat/);
    await app.close();
  });
});

test('a gateway may have a port of its own', async () => {
  const free = createServer();
  const { port } = await listening(free);
  await new Promise((resolve) => free.close(resolve));
  @WebSocketGateway(port, { path: '/chat' })
  class OwnPort {
    @SubscribeMessage('ask')
    ask(@MessageBody() data: unknown): WsResponse {
      return { event: 'told', data };
    }
  }
  const app = await nestApp('Express', { providers: [OwnPort] });
  app.useWebSocketAdapter(new RtAdapter(app));
  await app.init();
  for (const wire of [overWebSocket, overSse]) {
    const client = await open(wire, port);
    await client.say('ask', 1);
    expect(await client.next()).toEqual({ event: 'told', data: 1 });
  }
  const elsewhere = await rawRequest({ port, path: '/elsewhere', headers: { connection: 'close' } });
  expect(elsewhere.head.status).toBe(404);
  await within('the app to close', app.close(), 1000);
  await expect(rawRequest({ port, path: '/chat' })).rejects.toThrow('the connection was closed');
});
