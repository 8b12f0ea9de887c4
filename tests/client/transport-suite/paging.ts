import { describe, expect, test } from 'vitest';
import type { Arrival } from './arrival.ts';
import type { Ground } from './ground.ts';
import { frames } from './ground.ts';

type Fields = Readonly<Record<string, unknown>>;

const following = { type: 'connect', id: 1, token: 'me', subscriptions: [{ channel: 'room:1', after: 'e.1' }] };
const line = (frame: Fields): string => `${JSON.stringify(frame)}\n`;
const html = { 'content-type': 'text/html' };
const denied = { code: 'subscribe_denied', message: 'not you', retryable: false };

function answerPage(request: Arrival, offset: number, ...offsets: readonly number[]): void {
  const publications = offsets.map((at) => ({ position: `e.${at}`, event: 'said', data: `${at} 日本` }));
  const page = { channel: 'room:1', position: `e.${offset}`, floor: 'e.0', publications };
  request.answer('200 OK', { 'content-type': 'application/json' }, JSON.stringify(page));
}

function answerError(request: Arrival, status: string, error: Fields): void {
  request.answer(status, { 'content-type': 'application/json' }, JSON.stringify({ error }));
}

/** What polling without a session does: pages, and frames that are posted alone. */
export function pagingCases({ start, attempt, turn }: Ground): void {
  const ask = async (more: { readonly speed?: number; readonly hello?: string } = {}) => {
    return attempt('poll', { hello: line(following), headers: { 'x-who': 'ada' }, ...more });
  };

  describe('polling without a session', () => {
    test('says itself that it is connected, and asks for the page after each place', async () => {
      const { run, first } = await ask();
      expect([first.method, first.query]).toEqual(['GET', 'channel=room%3A1&after=e.1']);
      expect([first.headers.get('x-who'), first.headers.get('accept')]).toEqual(['ada', 'application/json']);
      answerPage(first, 3, 2, 3);
      const [connected = '', subscribed = '', publications = ''] = await run.untilLines(3);
      expect(JSON.parse(connected)).toMatchObject({ type: 'connected', id: 1, session: null });
      expect(JSON.parse(subscribed)).toEqual({ type: 'subscribed', channel: 'room:1', position: 'e.1' });
      expect(JSON.parse(publications)).toEqual({
        type: 'publications',
        channel: 'room:1',
        position: 'e.3',
        publications: [2, 3].map((offset) => ({ offset, event: 'said', data: `${offset} 日本` })),
      });
    });

    test('goes on from its place, page by page until one is empty', async () => {
      const { run, place, first } = await ask({ speed: 50 });
      answerPage(first, 1);
      const second = await place.next();
      expect(second.query).toBe('channel=room%3A1&after=e.1');
      answerPage(second, 2, 2);
      const third = await place.next();
      expect(third.query).toBe('channel=room%3A1&after=e.2');
      answerPage(third, 2);
      await place.next();
      expect(run.lines.filter((text) => text.includes('publications"'))).toHaveLength(1);
    });

    // RT-CLIENT-12
    test('posts what was said in one turn together, and nothing before it is answered', async () => {
      const { run, place } = await start('poll', { hello: line({ type: 'connect', id: 1, token: 'me' }) });
      await run.untilLines(1);
      await run.send(...frames(2, 2));
      const post = await place.post();
      const connect = JSON.stringify({ type: 'connect', id: 1, token: 'me' });
      expect([post.query, post.body]).toEqual([place.path, `${connect}\n${frames(2, 2).join('').trimEnd()}`]);
      await run.send(...frames(1, 4));
      await run.send(...frames(1, 5));
      await turn();
      expect(place.arrivals).toHaveLength(1);
      post.answerLines(frames(2, 2).join(''));
      const next = await place.post();
      expect(next.body).toBe(`${connect}\n${frames(2, 4).join('').trimEnd()}`);
      next.answerLines('');
      expect((await run.untilLines(3)).slice(1).map((text) => `${text}\n`)).toEqual(frames(2, 2));
    });

    test('says what is in the hello before what is said later', async () => {
      const { run, place, first } = await ask({ hello: line(following) + frames(1, 2).join('') });
      await run.send(...frames(1, 3));
      await turn();
      expect(place.arrivals).toHaveLength(1);
      answerPage(first, 1);
      const second = await place.post();
      expect(second.body).toContain('"id":2');
      second.answerLines('');
      expect((await place.post()).body).toContain('"id":3');
    });

    test('posts no more at once than a server takes', async () => {
      const { run, place } = await start('poll', { hello: line({ type: 'connect', id: 1 }) });
      await run.untilLines(1);
      const all = frames(100).map((_line, n) => line({ type: 'send', id: n + 2, data: '日'.repeat(800) }));
      await run.send(...all);
      const bodies: string[] = [];
      while (bodies.join('\n').split('\n').length < all.length) {
        const post = await place.post();
        expect(Buffer.byteLength(post.body)).toBeLessThanOrEqual(65_536);
        bodies.push(post.body);
        post.answerLines('');
      }
      expect(`${bodies.join('\n')}\n`).toBe(all.join(''));
    });

    test('tells of a channel that is refused, and asks for it no more', async () => {
      const { run, place, first } = await ask({ speed: 50 });
      answerError(first, '403 Forbidden', denied);
      const [, told = ''] = await run.untilLines(2);
      expect(JSON.parse(told)).toMatchObject({ type: 'error', channel: 'room:1', error: { code: 'subscribe_denied' } });
      await run.send(line({ type: 'subscribe', id: 2, channel: 'room:2', last: 3 }));
      const other = await place.next();
      expect(other.query).toBe('channel=room%3A2&last=3');
      answerPage(other, 1);
      expect((await place.next()).query).toBe('channel=room%3A2&after=e.1');
    });

    test('tells of a channel that is refused later', async () => {
      const { run, place, first } = await ask({ speed: 50 });
      answerPage(first, 1);
      answerError(await place.next(), '403 Forbidden', { ...denied, code: 'permission_revoked' });
      const told = await run.untilLines(3);
      expect(JSON.parse(told[2] ?? '')).toMatchObject({ type: 'unsubscribed', error: { code: 'permission_revoked' } });
    });

    test.each([
      ['a page of something else', (request: Arrival) => request.answer('200 OK', html, '<title>Login</title>')],
      ['503', (request: Arrival) => request.answer('503 Service Unavailable', { 'retry-after': '3' }, 'busy')],
    ])('ends if a later answer is %s', async (_, says) => {
      const { run, place, first } = await ask({ speed: 50 });
      answerPage(first, 1);
      says(await place.next());
      expect(await run.ended()).toMatchObject({ end: 'refused', retryable: true });
    });

    test('is lost if an answer is', async () => {
      const { run, place, first } = await ask({ speed: 50 });
      answerPage(first, 1);
      (await place.next()).cut();
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
    });

    test('is lost if frames were posted and not answered: who has said them says them again', async () => {
      const { run, place } = await start('poll');
      await run.send(...frames(1, 2));
      (await place.post()).cut();
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
      expect(place.arrivals).toHaveLength(1);
    });

    test('that is closed asks for nothing more', async () => {
      const { run, place, first } = await ask({ speed: 50 });
      await run.send(...frames(1, 2));
      await run.close();
      await first.gone;
      await turn();
      expect(place.arrivals).toHaveLength(1);
    });

    test('that is closed as soon as it is opened, or is told anything, does nothing at all', async () => {
      for (const closes of ['opened', 'told'] as const) {
        const { run, place } = await start('poll', { closes, hello: line({ type: 'connect', id: 1 }) });
        await run.ended();
        await turn();
        expect(place.arrivals).toEqual([]);
      }
    });
  });
}
