import type { Hub, RequestHub } from '@rt/core';
import type { RawRequest, RawResponse } from '@rt/testkit';
import { nastyPayloads, rawRequest, within } from '@rt/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { holdRule, testHub } from '../support/hub.ts';

/** A server that has mounted a hub at /rt. The user is what the request header `x-user` says. */
export interface Mounted {
  readonly port: number;
  close(): Promise<void>;
}

/** Mounts a hub on one kind of host. */
export type Mount = (hub: RequestHub) => Promise<Mounted>;

const sse = { accept: 'text/event-stream' };
const json = { accept: 'application/json' };

/** What must hold on every host, seen through bytes. */
export function hostSuite(name: string, mount: Mount): void {
  describe(name, () => {
    const cleanUps: (() => unknown)[] = [];

    afterEach(async () => {
      // The last opened is closed first: clients, then the hub, then the server.
      for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
    });

    async function start(options: Parameters<typeof testHub>[0] = {}): Promise<TestHub & { readonly port: number }> {
      const made = testHub(options);
      const mounted = await mount(made.hub);
      cleanUps.push(() => within('the server to close', mounted.close()));
      cleanUps.push(() => within('the hub to close', made.hub.close({ withinMs: 1000 })));
      return Object.assign(made, { port: mounted.port });
    }

    async function get(port: number, query: string, more: Partial<RawRequest> = {}): Promise<RawResponse> {
      const response = await rawRequest({ port, path: `/rt?${query}`, headers: sse, ...more });
      cleanUps.push(() => response.cut());
      return response;
    }

    const page = async (port: number, query: string): Promise<Page> => {
      const response = await get(port, query, { headers: json });
      expect(response.head.status).toBe(200);
      return JSON.parse(await response.text()) as Page;
    };

    async function publish(hub: Hub<any>, channel: string, count: number): Promise<readonly string[]> {
      return Promise.all(Array.from({ length: count }, (_, n) => hub.channel(channel).publish('said', n + 1)));
    }

    describe('stream', () => {
      test('sends its head, a retry time and its place at once', async () => {
        const { hub, port } = await start();
        const [position] = await publish(hub, 'open:1', 1);
        const response = await get(port, 'channel=open:1');
        const { status, headers } = response.head;
        expect(status).toBe(200);
        expect(headers.get('content-type')).toEqual(['text/event-stream']);
        expect(headers.get('cache-control')).toEqual(['no-cache, no-transform']);
        expect(headers.get('x-accel-buffering')).toEqual(['no']);
        const items = [await response.next(), await response.next(), await response.next()];
        expect(items).toEqual([
          { type: 'retry', ms: expect.any(Number) },
          { type: 'comment', text: 'stream of open:1' },
          { type: 'id', id: position },
        ]);
      });

      test('begins live, and names each publication', async () => {
        const { hub, port } = await start();
        await publish(hub, 'open:1', 3);
        const response = await get(port, 'channel=open:1');
        const position = await hub.channel('open:1').publish('counted', { n: 4 });
        expect(await response.events(1)).toEqual([{ type: 'event', id: position, event: 'counted', data: '{"n":4}' }]);
      });

      test.each([
        ['last=2', [4, 5]],
        ['after=start', [1, 2, 3, 4, 5]],
      ])('%s', async (query, expected) => {
        const { hub, port } = await start();
        await publish(hub, 'open:1', 5);
        const response = await get(port, `channel=open:1&${query}`);
        const events = await response.events(expected.length);
        expect(events.map(({ data }) => Number(data))).toEqual(expected);
      });

      test('goes on with the very next one after a cut, by header or query, and the header wins', async () => {
        const { hub, port } = await start();
        const first = await get(port, 'channel=open:1');
        await publish(hub, 'open:1', 2);
        const [, last] = await first.events(2);
        first.cut();
        await publish(hub, 'open:1', 2);
        const id = last?.id ?? '';
        const byHeader = await get(port, 'channel=open:1&last=1', { headers: { ...sse, 'last-event-id': id } });
        const byQuery = await get(port, `channel=open:1&after=${id}`);
        const expected = [`${id.split('.')[0]}.3`, `${id.split('.')[0]}.4`];
        for (const response of [byHeader, byQuery]) {
          expect((await response.events(2)).map((event) => event.id)).toEqual(expected);
        }
      });

      test('a place where nothing was ever published can be resumed', async () => {
        const { hub, port } = await start();
        const first = await get(port, 'channel=open:1');
        const { id } = (await first.next(({ type }) => type === 'id')) as { id: string };
        first.cut();
        await publish(hub, 'open:1', 2);
        const again = await get(port, 'channel=open:1', { headers: { ...sse, 'last-event-id': id } });
        expect((await again.events(2)).map(({ data }) => data)).toEqual(['1', '2']);
      });

      test.each([
        ['epoch_changed', (epoch: string) => `x${epoch}.3`, 3],
        ['trimmed', (epoch: string) => `${epoch}.2`, 3],
        ['ahead', (epoch: string) => `${epoch}.9`, 8],
      ])('tells a gap first: %s', async (reason, ask, goesOn) => {
        const { hub, port } = await start();
        const [position = ''] = await publish(hub, 'open:1', 8);
        const [epoch = ''] = position.split('.');
        const response = await get(port, 'channel=open:1', { headers: { ...sse, 'last-event-id': ask(epoch) } });
        await hub.channel('open:1').publish('said', 9);
        const events = await response.events(10 - goesOn);
        const told = { channel: 'open:1', reason, after: ask(epoch), position: `${epoch}.${goesOn}` };
        expect(events[0]).toMatchObject({ id: told.position, event: 'rt.gap' });
        expect(JSON.parse(events[0]?.data ?? '')).toEqual(told);
        const rest = events.slice(1).map(({ data }) => Number(data));
        expect(rest).toEqual(Array.from({ length: 9 - goesOn }, (_, n) => goesOn + 1 + n));
      });

      test('several channels: one order, the data says where from, and a composite id resumes all of them', async () => {
        const { hub, port } = await start();
        const query = 'channel=open:1&channel=open:2';
        const first = await get(port, query);
        await publish(hub, 'open:1', 1);
        await publish(hub, 'open:2', 2);
        const events = await first.events(3);
        expect(events.map(({ data }) => JSON.parse(data) as unknown)).toEqual([
          { channel: 'open:1', data: 1 },
          { channel: 'open:2', data: 1 },
          { channel: 'open:2', data: 2 },
        ]);
        first.cut();
        await publish(hub, 'open:1', 1);
        // The place after the first of open:2: its second is still to come, and so is what came since.
        const again = await get(port, query, { headers: { ...sse, 'last-event-id': events[1]?.id ?? '' } });
        const rest = (await again.events(2)).map(({ data }) => JSON.parse(data) as { channel: string });
        expect(rest).toContainEqual({ channel: 'open:1', data: 1 });
        expect(rest).toContainEqual({ channel: 'open:2', data: 2 });
      });

      test('nasty payloads arrive to the letter', async () => {
        const { hub, port } = await start();
        const response = await get(port, 'channel=deep:1');
        for (const payload of nastyPayloads) await hub.channel('deep:1').publish('said', payload);
        const events = await response.events(nastyPayloads.length);
        expect(events.map(({ data }) => JSON.parse(data) as unknown)).toEqual(nastyPayloads);
        const { publications } = await page(port, 'channel=deep:1&after=start&limit=1000');
        expect(publications.map(({ data }) => data)).toEqual(nastyPayloads);
      });

      test('is kept awake by heartbeats while nothing happens', async () => {
        const { port } = await start({ heartbeat: { everyMs: 100 } });
        const response = await get(port, 'channel=open:1');
        await response.next(({ type }) => type === 'id');
        for (let beats = 0; beats < 3; beats += 1) expect(await response.next()).toEqual({ type: 'comment', text: '' });
      });

      test('a peer that stops reading loses nothing that is kept, and the others notice nothing', async () => {
        const { hub, port } = await start();
        const [slow, fast] = [await get(port, 'channel=deep:1'), await get(port, 'channel=deep:1')];
        slow.socket.pause();
        const text = 'x'.repeat(50_000);
        for (let n = 0; n < 400; n += 1) {
          await hub.channel('deep:1').publish('said', `${n} ${text}`);
          // The fast one has each before the next is published: it is not held up.
          expect((await fast.events(1))[0]?.data.startsWith(`"${n} `)).toBe(true);
        }
        slow.socket.resume();
        const events = await slow.events(400);
        expect(events.map(({ data }) => Number.parseInt(data.slice(1), 10))).toEqual(Array.from({ length: 400 }, (_, n) => n));
      }, 30_000);

      test('a peer that stops reading for too long is told of the gap', async () => {
        const { hub, port } = await start();
        const slow = await get(port, 'channel=open:1');
        slow.socket.pause();
        const text = 'x'.repeat(200_000);
        for (let n = 1; n <= 200; n += 1) {
          await hub.channel('open:1').publish('said', `${n} ${text}`);
          await new Promise((resolve) => setImmediate(resolve));
        }
        slow.socket.resume();
        const seen: number[] = [];
        let gaps = 0;
        while (seen.at(-1) !== 200) {
          const [event] = await slow.events(1);
          const offset = Number(event?.id.split('.')[1]);
          if (event?.event === 'rt.gap') {
            gaps += 1;
            expect(offset).toBeGreaterThan(seen.at(-1) ?? 0);
            seen.push(offset);
          } else {
            expect(offset).toBe((seen.at(-1) ?? 0) + 1);
            seen.push(offset);
          }
        }
        expect(gaps).toBe(1);
      }, 30_000);
    });

    describe('page', () => {
      test('holds the newest, and leads from page to page to the top', async () => {
        const { hub, port } = await start();
        const positions = await publish(hub, 'open:1', 8);
        const [epoch = ''] = (positions[0] ?? '').split('.');
        expect(await page(port, 'channel=open:1&limit=2')).toEqual({
          channel: 'open:1',
          position: positions[7],
          floor: `${epoch}.3`,
          publications: [
            { position: positions[6], event: 'said', data: 7 },
            { position: positions[7], event: 'said', data: 8 },
          ],
        });
        let at = 'start';
        const read: unknown[] = [];
        for (let turn = 0; turn < 3; turn += 1) {
          const { position, publications } = await page(port, `channel=open:1&after=${at}&limit=2`);
          read.push(...publications.map(({ data }) => data));
          at = position;
        }
        expect([read, at]).toEqual([[4, 5, 6, 7, 8], positions[7]]);
        expect(await page(port, `channel=open:1&after=${at}`)).toMatchObject({ position: at, publications: [] });
      });

      test('of a channel on which nothing was published has a position', async () => {
        const { hub, port } = await start();
        const { position, floor, publications } = await page(port, 'channel=open:1');
        expect([publications, position]).toEqual([[], floor]);
        await publish(hub, 'open:1', 1);
        expect((await page(port, `channel=open:1&after=${position}`)).publications).toHaveLength(1);
      });

      test('says a gap, and what is kept follows it', async () => {
        const { hub, port } = await start();
        const [position = ''] = await publish(hub, 'open:1', 8);
        const [epoch = ''] = position.split('.');
        expect(await page(port, `channel=open:1&after=${position}`)).toMatchObject({
          gap: { reason: 'trimmed', after: position, position: `${epoch}.3` },
          position: `${epoch}.8`,
          publications: [{ data: 4 }, { data: 5 }, { data: 6 }, { data: 7 }, { data: 8 }],
        });
      });

      test('may be stored only if it can never change', async () => {
        const { hub, port } = await start();
        const positions = await publish(hub, 'open:1', 5);
        const stored = async (query: string): Promise<readonly string[] | undefined> =>
          (await get(port, `channel=open:1&${query}`, { headers: json })).head.headers.get('cache-control');
        expect(await stored(`after=${positions[0]}&limit=2`)).toEqual(['private, max-age=3600, immutable']);
        for (const query of [`after=${positions[0]}`, 'after=start&limit=2', 'last=2', '', `after=${positions[4]}`, 'after=zz.1&limit=1']) {
          expect(await stored(query), query).toEqual(['no-store']);
        }
      });
    });

    describe('poll', () => {
      test('answers when the next one comes', async () => {
        const { hub, port, observed } = await start();
        const [position = ''] = await publish(hub, 'open:1', 1);
        const polls = [page(port, `channel=open:1&after=${position}&wait=25`), page(port, 'channel=open:1&wait=25')];
        await within('both polls', observed((events) => events.filter(({ type }) => type === 'connection_opened').length === 2));
        const next = await hub.channel('open:1').publish('said', 'next');
        for (const poll of polls) {
          expect(await poll).toMatchObject({ position: next, publications: [{ position: next, data: 'next' }] });
        }
      });

      test('answers at once if there is something, and takes no more than its limit', async () => {
        const { hub, port } = await start();
        const [position = ''] = await publish(hub, 'open:1', 4);
        const answer = await page(port, `channel=open:1&after=${position}&wait=25&limit=2`);
        expect(answer.publications.map(({ data }) => data)).toEqual([2, 3]);
      });

      test('a burst in one turn is cut to the limit, and the rest comes with the next poll', async () => {
        const { hub, port, observed } = await start();
        const waiting = page(port, 'channel=open:1&wait=25&limit=2');
        await within('the poll', observed((events) => events.some(({ type }) => type === 'connection_opened')));
        await publish(hub, 'open:1', 4);
        const first = await waiting;
        expect(first.publications.map(({ data }) => data)).toEqual([1, 2]);
        const rest = await page(port, `channel=open:1&after=${first.position}&wait=25`);
        expect(rest.publications.map(({ data }) => data)).toEqual([3, 4]);
      });

      test('answers empty when its time is over', async () => {
        const { hub, port, open } = await start();
        const [position = ''] = await publish(hub, 'open:1', 1);
        expect(await page(port, `channel=open:1&after=${position}&wait=1`)).toMatchObject({ position, publications: [] });
        expect(open()).toBe(0);
      });

      test('a peer that leaves while it waits leaves nothing behind', async () => {
        const { port, observed, open } = await start();
        const path = '/rt?channel=open:1&wait=25';
        const { connect } = await import('node:net');
        const socket = connect(port, '127.0.0.1');
        socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n`);
        await within('the poll', observed((events) => events.some(({ type }) => type === 'connection_opened')));
        socket.destroy();
        await within('its end', observed((events) => events.some(({ type }) => type === 'connection_closed')));
        expect(open()).toBe(0);
      });
    });

    describe('refusal', () => {
      test.each([
        ['no channel', 'GET', '', {}, 400, 'channel_missing', /\?channel=/],
        ['unknown channel', 'GET', 'channel=opn:1', {}, 404, 'channel_unknown', /no definition matches "opn:1"; defined: open:\{id\}/],
        ['bad channel name', 'GET', 'channel=open:%0A', {}, 400, 'channel_invalid', /ASCII/],
        ['too many channels', 'GET', Array.from({ length: 17 }, (_, n) => `channel=open:${n}`).join('&'), {}, 400, 'channels_too_many', /16/],
        ['no rule', 'GET', 'channel=closed', {}, 403, 'subscribe_denied', /no subscribe rule/],
        ['denied', 'GET', 'channel=own:ada', { 'x-user': 'bob' }, 403, 'subscribe_denied', /did not allow/],
        ['denied to nobody', 'GET', 'channel=own:ada', {}, 403, 'subscribe_denied', /did not allow/],
        ['broken rule', 'GET', 'channel=broken:1', {}, 500, 'rule_failed', /log/],
        ['bad position', 'GET', 'channel=open:1&after=nonsense', {}, 400, 'position_invalid', /"nonsense"/],
        ['bad Last-Event-ID', 'GET', 'channel=open:1', { 'last-event-id': 'nonsense' }, 400, 'position_invalid', /Last-Event-ID/],
        ['position of one for several', 'GET', 'channel=open:1&channel=open:2&after=a.1', {}, 400, 'position_invalid', /several/],
        ['both after and last', 'GET', 'channel=open:1&after=start&last=3', {}, 400, 'parameter_invalid', /one of them/],
        ['bad last', 'GET', 'channel=open:1&last=0', {}, 400, 'parameter_invalid', /last .*from 1.*"0"/],
        ['POST', 'POST', 'channel=open:1', {}, 405, 'method_unsupported', /GET, HEAD, OPTIONS, and POST/],
        ['WebSocket', 'GET', 'channel=open:1', { connection: 'upgrade', upgrade: 'websocket' }, 426, 'upgrade_unavailable', /event-stream/],
        ['Accept', 'GET', 'channel=open:1', { accept: 'text/html' }, 406, 'accept_unsupported', /text\/event-stream.*"text\/html"/],
      ] as const)('%s', async (_, method, query, headers, status, code, message) => {
        const { port, open } = await start();
        const response = await get(port, query, { method, headers: { ...sse, ...headers } });
        const body = JSON.parse(await response.text()) as { error: { code: string; message: string; retryable: boolean } };
        expect([response.head.status, body.error.code]).toEqual([status, code]);
        expect(response.head.headers.get('content-type')).toEqual(['application/json; charset=utf-8']);
        expect(body.error.message).toMatch(message);
        expect(typeof body.error.retryable).toBe('boolean');
        expect(open()).toBe(0);
      });

      test.each([
        ['limit=0', /from 1 to 1000/],
        ['limit=abc', /"abc"/],
        ['limit=1001', /"1001"/],
        ['wait=61', /from 0 to 60/],
        ['wait=-1', /"-1"/],
        ['last=1.5', /"1.5"/],
      ])('of a page: %s', async (query, message) => {
        const { port } = await start();
        const response = await get(port, `channel=open:1&${query}`, { headers: json });
        const body = JSON.parse(await response.text()) as { error: { code: string; message: string } };
        expect([response.head.status, body.error.code]).toEqual([400, 'parameter_invalid']);
        expect(body.error.message).toMatch(message);
      });

      test('a page is of one channel', async () => {
        const { port } = await start();
        const response = await get(port, 'channel=open:1&channel=open:2', { headers: json });
        expect(response.head.status).toBe(400);
        expect(await response.text()).toContain('channels_too_many');
      });

      test('the user decides, for streams and pages', async () => {
        const { hub, port } = await start();
        const headers = { 'x-user': 'ada' };
        const stream = await get(port, 'channel=own:ada', { headers: { ...sse, ...headers } });
        await publish(hub, 'own:ada', 1);
        expect(await stream.events(1)).toMatchObject([{ data: '1' }]);
        expect((await get(port, 'channel=own:ada', { headers: { ...json, ...headers } })).head.status).toBe(200);
        expect((await get(port, 'channel=own:ada', { headers: json })).head.status).toBe(403);
      });
    });

    describe('HTTP', () => {
      test('HEAD answers the head alone, and opens nothing', async () => {
        const { port, open } = await start();
        for (const [headers, type] of [
          [sse, 'text/event-stream'],
          [json, 'application/json; charset=utf-8'],
        ] as const) {
          const { connect } = await import('node:net');
          const socket = connect(port, '127.0.0.1');
          socket.write(`HEAD /rt?channel=open:1&wait=25 HTTP/1.1\r\nHost: l\r\nAccept: ${headers.accept}\r\nConnection: close\r\n\r\n`);
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
        expect([head.status, head.headers.get('allow')]).toEqual([204, ['GET, HEAD, OPTIONS']]);
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
        const { connect } = await import('node:net');
        const socket = connect(port, '127.0.0.1');
        cleanUps.push(() => socket.destroy());
        const one = (accept: string): string => `GET /rt?channel=open:1&last=1 HTTP/1.1\r\nHost: l\r\nAccept: ${accept}\r\n\r\n`;
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

      test('a cut connection leaves nothing behind', async () => {
        const { port, open, observed } = await start();
        const responses = await Promise.all(Array.from({ length: 20 }, () => get(port, 'channel=open:1&channel=open:2')));
        expect(open()).toBe(20);
        for (const response of responses) response.cut();
        await within('their end', observed((events) => events.filter(({ type }) => type === 'connection_closed').length === 20));
      });

      test('a peer that leaves while a rule is being asked leaves nothing behind', async () => {
        const { port, open } = await start();
        const answer = holdRule();
        const { connect } = await import('node:net');
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
    });

    describe('close', () => {
      test('tells streams when to come back, answers polls, and is over at once', async () => {
        const { hub, port, observed } = await start();
        const stream = await get(port, 'channel=open:1');
        const poll = get(port, 'channel=open:1&wait=25', { headers: json });
        await within('both', observed((events) => events.filter(({ type }) => type === 'connection_opened').length === 2));
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
        await within('close', closed, 1000);
      });

      test('refuses what comes later: a browser’s stream comes back by itself, the rest is told to retry', async () => {
        const { hub, port } = await start();
        await hub.close();
        const stream = await get(port, 'channel=open:1');
        expect(stream.head.status).toBe(200);
        expect(await stream.text()).toMatch(/^retry: \d+\nevent: rt\.bye\n/);
        const asked = await get(port, 'channel=open:1', { headers: json });
        expect([asked.head.status, asked.head.headers.get('retry-after')]).toEqual([503, ['3']]);
        expect(await asked.text()).toContain('"code":"hub_closed"');
        await expect(publish(hub, 'open:1', 1)).rejects.toThrow(/^hub_closed/);
        await expect(hub.channel('open:1').history()).rejects.toThrow(/^hub_closed/);
      });

      test('does not wait longer than it may for a peer that does not read', async () => {
        const { hub, port } = await start();
        const slow = await get(port, 'channel=deep:1');
        slow.socket.pause();
        for (let n = 0; n < 300; n += 1) {
          await hub.channel('deep:1').publish('said', 'x'.repeat(100_000));
          await new Promise((resolve) => setImmediate(resolve));
        }
        await within('close', hub.close({ withinMs: 100 }), 2000);
      });
    });
  });
}

interface Page {
  readonly channel: string;
  readonly position: string;
  readonly floor: string;
  readonly publications: readonly { readonly position: string; readonly event: string; readonly data: unknown }[];
  readonly gap?: { readonly reason: string };
}
