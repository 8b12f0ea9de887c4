import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { holdRule } from '../../support/hub.ts';
import type { HostRig } from './rig.ts';
import { json, sse } from './rig.ts';

/** HTTP itself: methods, versions, pipelining, peers that leave. */
export function wireCases({ start, get, publish, cleanUps }: HostRig): void {
  describe('HTTP', () => {
    test('HEAD answers the head alone, and opens nothing', async () => {
      const { port, open } = await start();
      for (const [headers, type] of [
        [sse, 'text/event-stream'],
        [json, 'application/json; charset=utf-8'],
      ] as const) {
        const socket = connect(port, '127.0.0.1');
        socket.write(
          `HEAD /rt?channel=open:1&wait=25 HTTP/1.1\r\nHost: l\r\nAccept: ${headers.accept}\r\nConnection: close\r\n\r\n`,
        );
        let text = '';
        socket.on('data', (bytes) => (text += bytes.toString('latin1')));
        await within('the end', new Promise((resolve) => socket.on('close', resolve)));
        expect(text).toMatch(new RegExp(`^HTTP/1.1 200 OK\r\n(.*\r\n)*content-type: ${type}\r\n`, 'i'));
        expect(text.endsWith('\r\n\r\n')).toBe(true);
      }
      expect(open()).toBe(0);
    });

    test('OPTIONS says what the URL speaks', async () => {
      const { port } = await start();
      const { head } = await get(port, '', { method: 'OPTIONS' });
      expect([head.status, head.headers.get('allow')]).toEqual([204, ['GET, HEAD, POST, OPTIONS']]);
    });

    test('HTTP/1.0 is streamed without chunks', async () => {
      const { hub, port } = await start();
      const response = await get(port, 'channel=open:1', { version: '1.0' });
      expect(response.head.headers.get('transfer-encoding')).toBeUndefined();
      await publish(hub, 'open:1', 2);
      expect((await response.events(2)).map(({ data }) => data)).toEqual(['1', '2']);
    });

    test('pipelined requests are answered in turn', async () => {
      const { hub, port } = await start();
      await publish(hub, 'open:1', 1);
      const socket = connect(port, '127.0.0.1');
      cleanUps.push(() => socket.destroy());
      const one = (accept: string): string =>
        `GET /rt?channel=open:1&last=1 HTTP/1.1\r\nHost: l\r\nAccept: ${accept}\r\n\r\n`;
      socket.write(one('application/json') + one('text/event-stream'));
      let text = '';
      const done = new Promise<void>((resolve) => {
        socket.on('data', (bytes) => {
          text += bytes.toString('latin1');
          if (/"publications":\[.*\nid: \w+\.1\n/s.test(text)) resolve();
        });
      });
      await within('both answers', done);
      expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    });

    // RT-LIFE-3
    test('a cut connection leaves nothing behind', async () => {
      const { port, open, observed, events: told } = await start();
      const responses = await Promise.all(Array.from({ length: 20 }, () => get(port, 'channel=open:1&channel=open:2')));
      expect(open()).toBe(20);
      for (const response of responses) response.cut();
      await within(
        'their end',
        observed((events) => events.filter(({ type }) => type === 'connection_closed').length === 20),
      );
      const ends = told.flatMap((event) => (event.type === 'connection_closed' ? [event.end] : []));
      expect(new Set(ends)).toEqual(new Set(['peer']));
    });

    // RT-LIFE-3
    test('a peer that leaves while a rule is being asked leaves nothing behind', async () => {
      const { port, open } = await start();
      const answer = holdRule();
      const socket = connect(port, '127.0.0.1');
      socket.write('GET /rt?channel=slow:1 HTTP/1.1\r\nHost: l\r\nAccept: text/event-stream\r\n\r\n');
      await within('the cut', new Promise((resolve) => socket.write('', resolve)));
      socket.destroy();
      await within('the close', new Promise((resolve) => socket.on('close', resolve)));
      // One more round trip: the server has seen the first socket's end by then.
      expect((await get(port, 'channel=open:1', { headers: json })).head.status).toBe(200);
      answer(true);
      expect((await get(port, 'channel=open:1', { headers: json })).head.status).toBe(200);
      expect(open()).toBe(0);
    });

    // RT-HOST-10
    test.each(['application/json', 'text/plain', 'text/plain;charset=UTF-8', null])(
      'a POST is understood as %s',
      async (type) => {
        const { hub, port } = await start();
        const body = '{"type":"connect","id":1,"subscriptions":[{"channel":"open:1"}]}';
        const headers = { ...sse, ...(type === null ? {} : { 'content-type': type }) };
        const stream = await get(port, '', { method: 'POST', headers, body });
        // Replies of one turn come as one event, a line each.
        const [replies] = await stream.events(1);
        const types = (replies?.data ?? '').split('\n').map((line) => (JSON.parse(line) as { type: string }).type);
        expect(types).toEqual(['connected', 'subscribed']);
        await publish(hub, 'open:1', 1);
        expect(await stream.events(1)).toMatchObject([{ data: expect.stringContaining('"said"') }]);
      },
    );

    // RT-HOST-10
    test.each(['application/json', 'text/plain'])('a POST that is too large is refused as %s', async (type) => {
      const { port, open } = await start({ limits: { maxFrameBytes: 1024 } });
      const body = JSON.stringify({ type: 'connect', id: 1, token: 'x'.repeat(2000) });
      const answer = await get(port, '', { method: 'POST', headers: { ...sse, 'content-type': type }, body });
      expect([answer.head.status, await answer.text()]).toEqual([413, expect.stringContaining('body_too_large')]);
      expect(open()).toBe(0);
    });

    test('many requests on one connection leave no listeners on it', async () => {
      const { port, server } = await start();
      const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
      const socket = connect(port, '127.0.0.1');
      cleanUps.push(() => socket.destroy());
      let text = '';
      let answered = (): void => {};
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1');
        if (text.includes('"publications"')) answered();
      });
      const ask = async (): Promise<number> => {
        text = '';
        const answer = new Promise<void>((resolve) => (answered = resolve));
        socket.write('GET /rt?channel=open:1 HTTP/1.1\r\nHost: l\r\nAccept: application/json\r\n\r\n');
        await within('the answer', answer);
        const peer = await accepted;
        return peer.eventNames().reduce((sum, name) => sum + peer.listenerCount(name), 0);
      };
      const first = await ask();
      for (let n = 0; n < 15; n += 1) await ask();
      expect(await ask()).toBeLessThanOrEqual(first);
    });
  });
}
