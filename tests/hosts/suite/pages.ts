import { connect } from 'node:net';
import { within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import type { HostRig } from './rig.ts';
import { json } from './rig.ts';

/** Pages of history, and polls. */
export function pageCases({ start, get, page, publish }: HostRig): void {
  describe('page', () => {
    // RT-PLAIN-4
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

    // RT-POS-2
    test('of a channel on which nothing was published has a position', async () => {
      const { hub, port } = await start();
      const { position, floor, publications } = await page(port, 'channel=open:1');
      expect([publications, position]).toEqual([[], floor]);
      await publish(hub, 'open:1', 1);
      expect((await page(port, `channel=open:1&after=${position}`)).publications).toHaveLength(1);
    });

    // RT-GAP-2
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
      for (const query of [
        `after=${positions[0]}`,
        'after=start&limit=2',
        'last=2',
        '',
        `after=${positions[4]}`,
        'after=zz.1&limit=1',
      ]) {
        expect(await stored(query), query).toEqual(['no-store']);
      }
      const [own = ''] = await publish(hub, 'own:ada', 3);
      const headers = { ...json, 'x-user': 'ada' };
      const { head } = await get(port, `channel=own:ada&after=${own}&limit=1`, { headers });
      expect([head.status, head.headers.get('cache-control')]).toEqual([200, ['no-store']]);
    });
  });

  describe('poll', () => {
    // RT-PLAIN-5
    test('answers when the next one comes', async () => {
      const { hub, port, observed } = await start();
      const [position = ''] = await publish(hub, 'open:1', 1);
      const polls = [page(port, `channel=open:1&after=${position}&wait=25`), page(port, 'channel=open:1&wait=25')];
      await within(
        'both polls',
        observed((events) => events.filter(({ type }) => type === 'connection_opened').length === 2),
      );
      const next = await hub.channel('open:1').publish('said', 'next');
      for (const poll of polls) {
        expect(await poll).toMatchObject({ position: next, publications: [{ position: next, data: 'next' }] });
      }
    });

    // RT-PLAIN-5
    test('answers at once if there is something, and takes no more than its limit', async () => {
      const { hub, port } = await start();
      const [position = ''] = await publish(hub, 'open:1', 4);
      const answer = await page(port, `channel=open:1&after=${position}&wait=25&limit=2`);
      expect(answer.publications.map(({ data }) => data)).toEqual([2, 3]);
    });

    test('a burst in one turn is cut to the limit, and the rest comes with the next poll', async () => {
      const { hub, port, observed } = await start();
      const waiting = page(port, 'channel=open:1&wait=25&limit=2');
      await within(
        'the poll',
        observed((events) => events.some(({ type }) => type === 'connection_opened')),
      );
      await publish(hub, 'open:1', 4);
      const first = await waiting;
      expect(first.publications.map(({ data }) => data)).toEqual([1, 2]);
      const rest = await page(port, `channel=open:1&after=${first.position}&wait=25`);
      expect(rest.publications.map(({ data }) => data)).toEqual([3, 4]);
    });

    // RT-PLAIN-5
    test('answers empty when its time is over', async () => {
      const { hub, port, open } = await start();
      const [position = ''] = await publish(hub, 'open:1', 1);
      expect(await page(port, `channel=open:1&after=${position}&wait=1`)).toMatchObject({ position, publications: [] });
      expect(open()).toBe(0);
    });

    test('a peer that leaves while it waits leaves nothing behind', async () => {
      const { port, observed, open } = await start();
      const path = '/rt?channel=open:1&wait=25';
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n`);
      await within(
        'the poll',
        observed((events) => events.some(({ type }) => type === 'connection_opened')),
      );
      socket.destroy();
      await within(
        'its end',
        observed((events) => events.some(({ type }) => type === 'connection_closed')),
      );
      expect(open()).toBe(0);
    });
  });
}
