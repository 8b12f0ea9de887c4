import { nastyPayloads } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import type { HostRig } from './rig.ts';
import { sse } from './rig.ts';

/** Plain event streams. */
export function streamCases({ start, get, page, publish }: HostRig): void {
  describe('stream', () => {
    // RT-PLAIN-1
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

    // RT-PLAIN-2
    test('begins live, and names each publication', async () => {
      const { hub, port } = await start();
      await publish(hub, 'open:1', 3);
      const response = await get(port, 'channel=open:1');
      const position = await hub.channel('open:1').publish('counted', { n: 4 });
      expect(await response.events(1)).toEqual([{ type: 'event', id: position, event: 'counted', data: '{"n":4}' }]);
    });

    // RT-POS-5
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

    // RT-POS-6
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

    // RT-POS-2
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

    // RT-PLAIN-3
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

    // RT-GAP-8
    test('several channels with gaps: the place moves with the last gap, so none can go untold', async () => {
      const { hub, port } = await start();
      const positions = [await publish(hub, 'open:1', 8), await publish(hub, 'open:2', 7)];
      const [epoch = ''] = positions[0]?.[0]?.split('.') ?? [];
      const asked = `open:1@${epoch}.1,open:2@zz.5`;
      const response = await get(port, 'channel=open:1&channel=open:2', {
        headers: { ...sse, 'last-event-id': asked },
      });
      const [first, second, third] = await response.events(3);
      expect([first?.id, second?.id]).toEqual([asked, `open:1@${epoch}.3,open:2@${epoch}.2`]);
      expect([first, second].map((event) => JSON.parse(event?.data ?? '') as unknown)).toEqual([
        { channel: 'open:1', reason: 'trimmed', after: `${epoch}.1`, position: `${epoch}.3` },
        { channel: 'open:2', reason: 'epoch_changed', after: 'zz.5', position: `${epoch}.2` },
      ]);
      expect(JSON.parse(third?.data ?? '')).toEqual({ channel: 'open:1', data: 4 });
    });

    // RT-PLAIN-8
    test('nasty payloads arrive to the letter', async () => {
      const { hub, port } = await start();
      const response = await get(port, 'channel=deep:1');
      for (const payload of nastyPayloads) await hub.channel('deep:1').publish('said', payload);
      const events = await response.events(nastyPayloads.length);
      expect(events.map(({ data }) => JSON.parse(data) as unknown)).toEqual(nastyPayloads);
      const { publications } = await page(port, 'channel=deep:1&after=start&limit=1000');
      expect(publications.map(({ data }) => data)).toEqual(nastyPayloads);
    });

    // RT-LIFE-1
    test('is kept awake by heartbeats while nothing happens', async () => {
      const { port } = await start({ heartbeat: { everyMs: 100 } });
      const response = await get(port, 'channel=open:1');
      await response.next(({ type }) => type === 'id');
      for (let beats = 0; beats < 3; beats += 1) expect(await response.next()).toEqual({ type: 'comment', text: '' });
    });

    // RT-LIMIT-2
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
      expect(events.map(({ data }) => Number.parseInt(data.slice(1), 10))).toEqual(
        Array.from({ length: 400 }, (_, n) => n),
      );
    }, 30_000);

    // RT-GAP-6
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
}
