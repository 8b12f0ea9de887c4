import { readdirSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { holdFront } from '../mounts/front.ts';
import type { HostRig } from './rig.ts';
import { json, sse } from './rig.ts';

/** How many sockets a server has open, upgraded ones included. */
function connections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

/** A text message as clients send it, with a mask of zeros. */
function clientText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

/** A handshake as text. */
function handshake(headers = ''): string {
  return (
    'GET /rt HTTP/1.1\r\nHost: l\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`
  );
}

/** The next request that a server hands to its app. */
function nextRequest(server: Server): Promise<ServerResponse> {
  return new Promise((resolve) => {
    server.prependOnceListener('request', (_request: IncomingMessage, response: ServerResponse) => resolve(response));
  });
}

/** Upgrades run through the app as requests do. */
export function upgradeCases({ start, get, page, upgrade, webSocket, cleanUps }: HostRig): void {
  describe('upgrade', () => {
    // RT-HOST-1
    test('headers that the app sets first and last are on the 101, as they are on streams and pages', async () => {
      const { port } = await start();
      const accepted = (await (await webSocket(port)).head).headers;
      const stream = (await get(port, 'channel=open:1')).head.headers;
      const answer = (await get(port, 'channel=open:1', { headers: json })).head.headers;
      for (const headers of [accepted, stream, answer]) {
        expect([headers.get('x-early'), headers.get('x-late')]).toEqual([['1'], ['1']]);
      }
      expect(accepted.get('sec-websocket-protocol')).toEqual(['rt.v1']);
      expect(accepted.get('connection')).toEqual(['Upgrade']);
    });

    // RT-HOST-2
    test('what the app refuses gets its status, its body and its headers, and the socket is closed', async () => {
      const { port, server, open } = await start();
      const refused = await upgrade(port, { 'x-locked-out': '1' });
      expect(refused).toMatchObject({ type: 'refused', head: { status: 401 }, body: '{"error":"login first"}' });
      const { headers } = (refused as Extract<typeof refused, { type: 'refused' }>).head;
      expect([headers.get('x-early'), headers.get('connection')]).toEqual([['1'], ['close']]);
      await expect.poll(() => connections(server)).toBe(0);
      expect(open()).toBe(0);
    });

    // RT-HOST-2
    test('a thousand refused ones leave no descriptor', async () => {
      const { port, server } = await start();
      const before = readdirSync('/proc/self/fd').length;
      for (let n = 0; n < 20; n += 1) {
        const refused = await Promise.all(Array.from({ length: 50 }, () => upgrade(port, { 'x-locked-out': '1' })));
        expect(new Set(refused.map(({ type }) => type))).toEqual(new Set(['refused']));
      }
      await expect.poll(() => connections(server)).toBe(0);
      await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThan(before + 20);
    });

    // RT-HOST-3
    test('a page of another origin gets 403, whatever the app lets through', async () => {
      const { port, open } = await start();
      const refused = await upgrade(port, { origin: 'https://elsewhere.example' });
      expect(refused).toMatchObject({ type: 'refused', head: { status: 403 } });
      expect((await upgrade(port, { origin: 'http://localhost' })).type).toBe('open');
      expect(open()).toBe(1);
    });

    // RT-HOST-4
    test('an app that takes too long is answered for, and finds nobody when it is done', async () => {
      const { port, server, open } = await start({}, { upgrades: { answerWithinMs: 50 } });
      const letGo = holdFront();
      const asked = nextRequest(server);
      for (const headers of [{ 'x-held': '1' }, { 'x-held': '1', 'x-locked-out': '1' }]) {
        const late = await upgrade(port, headers);
        expect(late).toMatchObject({ type: 'refused', head: { status: 503 } });
      }
      expect((await asked).destroyed).toBe(true);
      letGo();
      // What the app does now is done when it has answered another request.
      expect((await page(port, 'channel=open:1')).publications).toEqual([]);
      await expect.poll(() => connections(server)).toBe(1);
      expect(open()).toBe(0);
    });

    // RT-HOST-4
    test('a peer that leaves while the app is at work leaves nothing behind', async () => {
      const { port, server, open } = await start();
      const letGo = holdFront();
      for (const leave of ['destroy', 'resetAndDestroy'] as const) {
        const asked = nextRequest(server);
        const socket = connect(port, '127.0.0.1');
        socket.write(handshake('x-held: 1\r\n'));
        const response = await within('the request', asked);
        const gone = new Promise((resolve) => response.once('close', resolve));
        socket[leave]();
        await within('the server to notice', gone);
      }
      letGo();
      await expect.poll(() => connections(server)).toBe(0);
      expect(open()).toBe(0);
    });

    test('what a client sends before it is accepted is taken when it is', async () => {
      const { port, server } = await start();
      const letGo = holdFront();
      const asked = nextRequest(server);
      const socket = connect(port, '127.0.0.1');
      cleanUps.push(() => socket.destroy());
      let text = '';
      const answered = new Promise<void>((resolve) => {
        socket.on('data', (bytes) => {
          text += bytes.toString('latin1');
          if (text.includes('"id":2')) resolve();
        });
      });
      const connectFrame = clientText('{"type":"connect","id":1}');
      socket.write(Buffer.concat([Buffer.from(handshake('x-held: 1\r\n')), connectFrame]));
      await within('the request', asked);
      socket.write(clientText('{"type":"unsubscribe","id":2,"channel":"open:1"}'));
      // A round trip later the server has read it.
      await page(port, 'channel=open:1');
      letGo();
      await within('the answers', answered);
      expect(text).toMatch(/^HTTP\/1\.1 101[\s\S]*"connected"[\s\S]*"id":2/);
    });

    test('for the app it is one request, which ends when the connection ends', async () => {
      const { port, server, observed } = await start();
      const asked = nextRequest(server);
      const { socket } = await webSocket(port);
      const response = await asked;
      let finished = 0;
      response.on('finish', () => (finished += 1));
      const closed = new Promise((resolve) => response.once('close', resolve));
      await within(
        'the connection',
        observed((events) => events.some(({ type }) => type === 'connection_opened')),
      );
      expect([response.statusCode, response.headersSent, finished]).toEqual([101, true, 0]);
      socket.destroy();
      await within('the end', closed);
      expect(finished).toBe(1);
    });

    test('elsewhere nobody else would answer: the app does', async () => {
      const { port } = await start();
      expect(await upgrade(port, {}, { path: '/elsewhere' })).toMatchObject({ type: 'refused', head: { status: 404 } });
    });

    // RT-HOST-5
    test('a client that offers HTTP/2 is served as if it had not', async () => {
      const { hub, port } = await start();
      const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' };
      const answer = await get(port, 'channel=open:1', { headers: { ...json, ...offer } });
      expect(JSON.parse(await answer.text())).toMatchObject({ channel: 'open:1' });
      const stream = await get(port, 'channel=open:1', { headers: { ...sse, ...offer } });
      await hub.channel('open:1').publish('said', 'here');
      expect(await stream.events(1)).toMatchObject([{ data: '"here"' }]);
    });

    test('after an answer on the same connection it is still taken', async () => {
      const { port } = await start();
      const socket = connect(port, '127.0.0.1');
      cleanUps.push(() => socket.destroy());
      const first = 'GET /rt?channel=open:1 HTTP/1.1\r\nHost: l\r\nAccept: application/json\r\n\r\n';
      let text = '';
      const changed = (fits: () => boolean): Promise<void> =>
        new Promise((resolve) => socket.on('data', () => void (fits() && resolve())));
      socket.on('data', (bytes) => (text += bytes.toString('latin1')));
      socket.write(first);
      await within(
        'the page',
        changed(() => text.includes('"publications"')),
      );
      socket.write(handshake());
      await within(
        'the 101',
        changed(() => text.includes('HTTP/1.1 101')),
      );
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 101']);
    });
  });
}
