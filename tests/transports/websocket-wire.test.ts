import { createServer } from 'node:http';
import type { Clock, Hub } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { codes } from '@rt/protocol';
import type { RawWebSocket, WebSocketEnd } from '@rt/testkit';
import { rawRequest, rawWebSocket, within } from '@rt/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function serve(
  options: Parameters<typeof testHub>[0] = {},
  attached: Parameters<typeof attach>[1] | false = {},
): Promise<TestHub & { readonly port: number }> {
  const made = testHub(options);
  const rt = realtime(made.hub as unknown as Hub, { user: () => null });
  const server = createServer((request, response) => {
    if (request.headers['x-refuse'] !== undefined) {
      response
        .writeHead(401, { 'content-type': 'application/json', 'content-length': 23 })
        .end('{"error":"login first"}');
      return;
    }
    response.setHeader('x-host', 'was here');
    void rt(request, response);
  });
  if (attached !== false) attach(server, attached);
  const { port, close } = await listening(server);
  cleanUps.push(close, () => made.hub.close({ withinMs: 500 }));
  return { ...made, port };
}

interface Spoken {
  readonly webSocket: RawWebSocket;
  readonly texts: readonly string[];
  readonly ended: Promise<WebSocketEnd>;
  /** Resolves when a text came that holds this. */
  said(part: string): Promise<void>;
}

async function open(port: number, options: Partial<Parameters<typeof rawWebSocket>[0]> = {}): Promise<Spoken> {
  const handshake = await rawWebSocket({ port, path: '/rt', ...options });
  if (handshake.type === 'refused') throw new Error(`refused: ${handshake.head.status} ${handshake.body}`);
  const { webSocket } = handshake;
  cleanUps.push(() => webSocket.socket.destroy());
  const texts: string[] = [];
  let changed = (): void => {};
  const ended = new Promise<WebSocketEnd>((resolve) => {
    webSocket.listen({
      message(text) {
        texts.push(text);
        changed();
      },
      end: resolve,
    });
  });
  return {
    webSocket,
    texts,
    ended: within('the close', ended),
    async said(part) {
      while (!texts.some((text) => text.includes(part))) {
        await within(
          `"${part}"`,
          new Promise<void>((resolve) => {
            changed = resolve;
          }),
        );
      }
    },
  };
}

const connect = '{"type":"connect","id":1,"subscriptions":[{"channel":"open:1"}]}';

describe('a WebSocket handshake', () => {
  // RT-TRANSPORT-2
  test('chooses the subprotocol, and carries the headers that the host has set', async () => {
    const { port } = await serve();
    const { webSocket } = await open(port, { protocols: ['other', 'rt.v1'] });
    const { headers } = await webSocket.head;
    expect(headers.get('sec-websocket-protocol')).toEqual(['rt.v1']);
    expect(headers.get('x-host')).toEqual(['was here']);
    expect(headers.get('sec-websocket-extensions')).toBeUndefined();
  });

  test('needs no subprotocol', async () => {
    const { port } = await serve();
    const { webSocket, said } = await open(port, { protocols: [] });
    expect((await webSocket.head).headers.get('sec-websocket-protocol')).toBeUndefined();
    webSocket.send(connect);
    await said('"connected"');
  });

  // RT-PERM-11, RT-TRANSPORT-2
  test.each([
    ['of another protocol', { protocols: ['graphql-ws'] }, 400, 'subprotocol_unsupported'],
    ['from another site', { headers: { origin: 'https://evil.example' } }, 403, 'origin_denied'],
    ['from the null origin', { headers: { origin: 'null' } }, 403, 'origin_denied'],
    ['that the browser calls cross-site', { headers: { 'sec-fetch-site': 'cross-site' } }, 403, 'origin_denied'],
    [
      'from a sister site',
      { headers: { 'sec-fetch-site': 'same-site', origin: 'http://a.localhost' } },
      403,
      'origin_denied',
    ],
  ])('%s is refused with a status and a body', async (_, options, status, code) => {
    const { port, open: connections } = await serve();
    const handshake = await rawWebSocket({ port, path: '/rt', ...options });
    expect(handshake.type === 'refused' && handshake.head.status).toBe(status);
    expect(handshake.type === 'refused' && JSON.parse(handshake.body)).toMatchObject({ error: { code } });
    expect(connections()).toBe(0);
  });

  // RT-PERM-11
  test.each([
    ['of the same site', { origin: 'http://localhost' }],
    ['of the same site, with the port that goes without saying', { origin: 'http://localhost:80' }],
    ['of the same site, as the browser says', { origin: 'https://behind.proxy', 'sec-fetch-site': 'same-origin' }],
    ['of a site that is allowed', { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' }],
    ['from no browser', {}],
  ])('%s is accepted', async (_, headers) => {
    const { port } = await serve({ auth: { origins: ['https://app.example.com'] } });
    await open(port, { headers });
  });

  test('to a server that was not told of upgrades is answered with a hint', async () => {
    const { port } = await serve({}, false);
    const handshake = await rawWebSocket({ port, path: '/rt' });
    expect(handshake.type === 'refused' && [handshake.head.status, handshake.body]).toEqual([
      426,
      expect.stringContaining('attach(server)'),
    ]);
  });

  test('elsewhere is the app’s to answer, and another upgrader’s if there is one', async () => {
    const { hub } = testHub();
    const rt = realtime(hub as unknown as Hub, { user: () => null });
    const server = createServer((request, response) => {
      if (request.url === '/rt') void rt(request, response);
      else response.writeHead(404, { 'content-length': 7 }).end('nothing');
    });
    attach(server);
    const { port, close } = await listening(server);
    cleanUps.push(close, () => hub.close({ withinMs: 500 }));
    const alone = await rawWebSocket({ port, path: '/other' });
    expect(alone.type === 'refused' && [alone.head.status, alone.body]).toEqual([404, 'nothing']);
    const h2c = await rawRequest({
      port,
      path: '/other',
      headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' },
    });
    expect([h2c.head.status, await h2c.text()]).toEqual([404, 'nothing']);
    server.on('upgrade', (request, socket) => {
      if (request.url === '/other') socket.end('HTTP/1.1 418 Other\r\nContent-Length: 0\r\n\r\n');
    });
    const other = await rawWebSocket({ port, path: '/other' });
    expect(other.type === 'refused' && other.head.status).toBe(418);
    await open(port);
  });

  test('that is malformed is refused, and leaves nothing', async () => {
    const { port, events } = await serve();
    const response = await rawRequest({
      port,
      path: '/rt',
      headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '12' },
    });
    expect(response.head.status).toBeGreaterThanOrEqual(400);
    expect(response.head.status).toBeLessThan(427);
    response.cut();
    expect(events).toEqual([]);
  });

  test('a thousand that are refused leave no socket behind', async () => {
    const { port, hub } = await serve();
    for (let n = 0; n < 1000; n += 50) {
      const batch = Array.from({ length: 50 }, () => rawWebSocket({ port, path: '/rt', headers: { 'x-refuse': '1' } }));
      for (const handshake of await Promise.all(batch)) {
        expect(handshake.type === 'refused' && [handshake.head.status, handshake.body]).toEqual([
          401,
          '{"error":"login first"}',
        ]);
        expect(handshake.type === 'refused' && handshake.head.headers.get('connection')).toEqual(['close']);
      }
    }
    await hub.close();
    // The clean-up closes the server, which waits for each socket that is still open.
  });

  test('that the app thinks about for too long is answered, and what comes late changes nothing', async () => {
    const { hub, open: connections, events } = testHub();
    const rt = realtime(hub as unknown as Hub, { user: () => null });
    let late = (): void => {};
    const server = createServer((request, response) => {
      late = () => void rt(request, response);
    });
    attach(server, { answerWithinMs: 30 });
    const { port, close } = await listening(server);
    const handshake = await rawWebSocket({ port, path: '/rt' });
    expect(handshake.type === 'refused' && handshake.head.status).toBe(503);
    expect(handshake.type === 'refused' && handshake.head.headers.get('retry-after')).toEqual(['5']);
    late();
    await new Promise((resolve) => setImmediate(resolve));
    expect([connections(), events]).toEqual([0, []]);
    await hub.close();
    await close();
  });

  // RT-DRAIN-4
  test('while the hub closes is sent elsewhere', async () => {
    const { port, hub } = await serve();
    await hub.close();
    const handshake = await rawWebSocket({ port, path: '/rt' });
    expect(handshake.type === 'refused' && handshake.head.status).toBe(503);
    expect(handshake.type === 'refused' && handshake.head.headers.get('retry-after')).toEqual(['3']);
  });

  test('too many at once are sent away until some have said who they are', async () => {
    const { port } = await serve({ limits: { admission: { pendingHandshakes: 2 } } });
    const first = await open(port);
    await open(port);
    const refused = await rawWebSocket({ port, path: '/rt' });
    expect(refused.type === 'refused' && [refused.head.status, refused.body]).toEqual([
      503,
      expect.stringContaining('server_busy'),
    ]);
    first.webSocket.send(connect);
    await first.said('"connected"');
    await open(port);
  });
});

describe('the wire of a WebSocket session', () => {
  test('messages in fragments, with a ping between them', async () => {
    const { port } = await serve();
    const { webSocket, said } = await open(port);
    webSocket.frame(0x01, Buffer.from(connect.slice(0, 10)));
    webSocket.frame(0x89, Buffer.from('hello'));
    webSocket.frame(0x00, Buffer.from(connect.slice(10, 20)));
    webSocket.frame(0x80, Buffer.from(connect.slice(20)));
    await said('"connected"');
  });

  test('a batch of publications is one message', async () => {
    const { port, hub } = await serve();
    const { webSocket, said, texts } = await open(port);
    webSocket.send(connect);
    await said('"subscribed"');
    const before = texts.length;
    await Promise.all(Array.from({ length: 20 }, (_, n) => hub.channel('open:1').publish('said', n)));
    await said('"data":19');
    expect(texts.length).toBe(before + 1);
  });

  // RT-TRANSPORT-3
  test.each([
    ['a binary message', (ws: RawWebSocket) => ws.frame(0x82, Buffer.from('{}')), 1003],
    ['a message that is too large', (ws: RawWebSocket) => ws.send(`"${'x'.repeat(65_536)}"`), 1009],
    ['text that is not UTF-8', (ws: RawWebSocket) => ws.frame(0x81, Buffer.from([0xff])), 1007],
    ['a frame without a mask', (ws: RawWebSocket) => ws.socket.write(Buffer.from([0x81, 0x01, 0x20])), 1002],
    ['what is not JSON', (ws: RawWebSocket) => ws.send('{nonsense'), codes.frame_invalid.number],
    ['a frame before connect', (ws: RawWebSocket) => ws.send('{"type":"ping","id":1}'), codes.connect_missing.number],
  ])('%s closes it with a code', async (_, send, code) => {
    const { port, observed } = await serve();
    const { webSocket, ended } = await open(port);
    send(webSocket);
    expect((await ended).code).toBe(code);
    await within(
      'the end',
      observed((events) => events.some(({ type }) => type === 'connection_closed')),
    );
  });

  // RT-SESSION-15
  test('ids that do not rise are refused', async () => {
    const { port } = await serve();
    const { webSocket, said } = await open(port);
    webSocket.send('{"type":"connect","id":5}\n{"type":"ping","id":5}');
    await said('"id":5,"error":{"code":"id_invalid"');
  });

  // RT-LIFE-4
  test('one that does not say who it is in time is closed', async () => {
    const { port } = await serve({ runtime: { clock: fast(20) } });
    const { ended, texts } = await open(port);
    expect((await ended).code).toBe(codes.connect_missing.number);
    expect(texts.join('')).toContain('"bye"');
  });

  // RT-LIFE-2
  test('a peer that answers pings stays, one that does not is ended in bounded time', async () => {
    const { port } = await serve({ heartbeat: { everyMs: 100 } });
    const alive = await open(port);
    const dead = await open(port, { answerPings: false });
    for (const { webSocket, said } of [alive, dead]) {
      webSocket.send(connect);
      await said('"connected"');
    }
    await dead.ended;
    expect(alive.webSocket.pings).toBeGreaterThan(1);
    // Pages see no pings: a text comes with each.
    expect(alive.texts.filter((text) => text === '\n').length).toBeGreaterThan(1);
    alive.webSocket.send('{"type":"ping","id":2}');
    await alive.said('"pong"');
  });

  test('also while publications never stop, a peer that answers nothing is found', async () => {
    const { port, hub } = await serve({ heartbeat: { everyMs: 100 } });
    const dead = await open(port, { answerPings: false });
    const alive = await open(port);
    for (const { webSocket, said } of [alive, dead]) {
      webSocket.send(connect);
      await said('"subscribed"');
    }
    let over = false;
    void dead.ended.then(() => {
      over = true;
    });
    while (!over) {
      await hub.channel('open:1').publish('said', 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    alive.webSocket.send('{"type":"ping","id":2}');
    await alive.said('"pong"');
  });

  test('compressed once for all who can, and not at all for the others', async () => {
    const { port, hub } = await serve({}, { compress: true });
    const compressed = await open(port, { compress: true });
    const plain = await open(port);
    expect((await compressed.webSocket.head).headers.get('sec-websocket-extensions')?.join()).toContain(
      'permessage-deflate',
    );
    const text = 'the same again and again, '.repeat(500);
    for (const { webSocket, said } of [compressed, plain]) {
      webSocket.send(connect);
      await said('"subscribed"');
    }
    const before = compressed.webSocket.socket.bytesRead;
    const plainBefore = plain.webSocket.socket.bytesRead;
    for (let n = 0; n < 3; n += 1) {
      await hub.channel('open:1').publish('said', text + n);
      for (const { said } of [compressed, plain]) await said(text + n);
    }
    expect(compressed.webSocket.socket.bytesRead - before).toBeLessThan(
      (plain.webSocket.socket.bytesRead - plainBefore) / 10,
    );
  });

  test('the peer’s own goodbye ends it at once', async () => {
    const { port, observed } = await serve();
    const { webSocket, said, ended } = await open(port);
    webSocket.send(connect);
    await said('"subscribed"');
    webSocket.close(1000);
    expect((await ended).code).toBe(1000);
    await within(
      'the end',
      observed((events) => events.some((event) => event.type === 'connection_closed' && event.end === 'left')),
    );
  });
});

/** The system's clock, so many times as fast. */
function fast(times: number): Clock {
  return {
    now: () => performance.now() * times,
    timer(afterMs, run) {
      const handle = setTimeout(run, afterMs / times).unref();
      return () => clearTimeout(handle);
    },
    nextTurn: (run) => void setImmediate(run),
  };
}
