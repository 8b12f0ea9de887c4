import type { Socket } from 'node:net';
import type { RawWebSocket, WebSocketEnd } from '@rt/testkit';
import { within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import type { HostRig } from './rig.ts';
import { json, sse } from './rig.ts';

/** A session over a WebSocket, and how it will have ended. */
async function connected(
  opening: Promise<RawWebSocket>,
): Promise<{ readonly socket: Socket; readonly end: Promise<WebSocketEnd> }> {
  const webSocket = await opening;
  const end = Promise.withResolvers<WebSocketEnd>();
  const answered = new Promise<string>((resolve) => webSocket.listen({ message: resolve, end: end.resolve }));
  webSocket.send('{"type":"connect","id":1}');
  await within('the session', answered);
  return { socket: webSocket.socket, end: end.promise };
}

/** What a hub that closes says to whom. */
export function closingCases({ start, get, publish, webSocket }: HostRig): void {
  describe('close', () => {
    // RT-DRAIN-1
    test('tells streams when to come back, answers polls, and is over at once', async () => {
      const { hub, port, observed } = await start();
      const stream = await get(port, 'channel=open:1');
      const poll = get(port, 'channel=open:1&wait=25', { headers: json });
      await within(
        'both',
        observed((events) => events.filter(({ type }) => type === 'connection_opened').length === 2),
      );
      const closed = hub.close({ withinMs: 5000 });
      expect(hub.close()).toBe(closed);
      const retry = await stream.next(({ type }) => type === 'retry' && stream.body.includes('rt.bye'));
      const [bye] = await stream.events(1);
      expect(bye?.event).toBe('rt.bye');
      expect(JSON.parse(bye?.data ?? '')).toEqual({ reason: 'shutdown', retryInMs: expect.any(Number) });
      expect(retry.type).toBe('retry');
      await stream.ended();
      const answer = await poll;
      expect([answer.head.status, answer.head.headers.get('connection')]).toEqual([200, ['close']]);
      expect(JSON.parse(await answer.text())).toMatchObject({ publications: [] });
      await within('close', closed, 3000);
    });

    // RT-DRAIN-2
    test('what was published before it still arrives, on streams and polls', async () => {
      const { hub, port, observed } = await start();
      const stream = await get(port, 'channel=open:1');
      const poll = get(port, 'channel=open:1&wait=25', { headers: json });
      await within(
        'both',
        observed((events) => events.filter(({ type }) => type === 'connection_opened').length === 2),
      );
      const published = publish(hub, 'open:1', 3);
      const closed = hub.close();
      const events = await stream.events(4);
      expect(events.map(({ event, data }) => (event === 'said' ? Number(data) : event))).toEqual([1, 2, 3, 'rt.bye']);
      expect(JSON.parse(await (await poll).text())).toMatchObject({
        publications: [{ data: 1 }, { data: 2 }, { data: 3 }],
      });
      expect(await published).toHaveLength(3);
      await closed;
    });

    // RT-DRAIN-4
    test('refuses what comes later: a browser’s stream comes back by itself, the rest is told to retry', async () => {
      const { hub, port } = await start();
      await hub.close();
      const stream = await get(port, 'channel=open:1');
      expect(stream.head.status).toBe(200);
      expect(await stream.text()).toMatch(/^retry: \d+\nevent: rt\.bye\n/);
      const known = await get(port, 'channel=open:1', { headers: { ...sse, 'last-event-id': 'k3.7' } });
      expect(await known.text()).toMatch(/^id: k3\.7\n\nretry: \d+\nevent: rt\.bye\n/);
      const asked = await get(port, 'channel=open:1', { headers: json });
      expect([asked.head.status, asked.head.headers.get('retry-after')]).toEqual([503, ['3']]);
      expect(await asked.text()).toContain('"code":"hub_closed"');
      await expect(publish(hub, 'open:1', 1)).rejects.toThrow(/^hub_closed/);
      await expect(hub.channel('open:1').history()).rejects.toThrow(/^hub_closed/);
    });

    // RT-HOST-11
    test.each(['the hub first', 'the server first'])(
      'with many open connections is over at once: %s',
      async (order) => {
        const { hub, port, stop, observed, events: told } = await start();
        const streams = Promise.all(Array.from({ length: 100 }, () => get(port, 'channel=open:1')));
        const polls = Promise.all(
          Array.from({ length: 100 }, () => get(port, 'channel=open:2&wait=25', { headers: json })),
        );
        const sockets = await Promise.all(Array.from({ length: 100 }, () => connected(webSocket(port))));
        await within(
          'all of them',
          observed((events) => events.filter(({ type }) => type === 'connection_opened').length === 300),
        );
        const ended = sockets.map((socket) => socket.end);
        const began = performance.now();
        const stopping = order === 'the server first' ? stop() : hub.close().then(stop);
        // Node's own patience with idle connections is five seconds and more: none may be left to it.
        await within('the hub', hub.close(), 3000);
        await within('the server', stopping, 3000);
        expect(performance.now() - began).toBeLessThan(1000);
        for (const stream of await streams) expect(await stream.text()).toContain('rt.bye');
        for (const poll of await polls) expect(JSON.parse(await poll.text())).toMatchObject({ publications: [] });
        expect(new Set((await Promise.all(ended)).map(({ code }) => code))).toEqual(new Set([4000]));
        const ends = told.flatMap((event) => (event.type === 'connection_closed' ? [event.end] : []));
        expect(ends).toEqual(Array.from({ length: 300 }, () => 'done'));
      },
    );

    // RT-HOST-11
    test.each(['the hub first', 'the server first'])(
      'with many that take no notice is over within its bound: %s',
      async (order) => {
        const { hub, port, stop } = await start();
        const sockets = await Promise.all(Array.from({ length: 100 }, () => connected(webSocket(port))));
        const streams = await Promise.all(Array.from({ length: 100 }, () => get(port, 'channel=deep:1')));
        for (const { socket } of [...sockets, ...streams]) socket.pause();
        await hub.channel('deep:1').publish('said', 'x'.repeat(100_000));
        const began = performance.now();
        const stopping = order === 'the server first' ? stop() : null;
        await hub.close({ withinMs: 200 });
        await within('the server', stopping ?? stop(), 3000);
        expect(performance.now() - began).toBeLessThan(1200);
      },
    );

    // RT-DRAIN-3
    test('does not wait longer than it may for a peer that does not read', async () => {
      const { hub, port } = await start();
      const slow = await get(port, 'channel=deep:1');
      slow.socket.pause();
      for (let n = 0; n < 300; n += 1) {
        await hub.channel('deep:1').publish('said', 'x'.repeat(100_000));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await within('close', hub.close({ withinMs: 100 }), 5000);
    });
  });
}
