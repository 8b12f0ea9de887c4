import { describe, expect, test } from 'vitest';
import type { Ground } from './ground.ts';
import { connected, eventOf, frames, hello, manyBytes } from './ground.ts';
import type { Place } from './scripted-http.ts';

const http = ['sse', 'long-poll'] as const;

/** What a server reads of a body at most. */
const maxBytes = 65_536;

/** Takes all posts until so many frames have come: the bodies, in their order. */
async function takeFrames(place: Place, count: number): Promise<readonly string[]> {
  const bodies: string[] = [];
  const came = (): number => bodies.join('').split('\n').length - 1;
  while (came() < count) {
    const post = await place.post();
    bodies.push(post.body);
    post.taken();
  }
  return bodies;
}

/** Frames by POST to a session that is open. */
export function postingCases({ attempt, open, turn }: Ground): void {
  describe.each(http)('frames of a session over %s', (transport) => {
    test('wait until it has its name', async () => {
      const { run, place, first } = await attempt(transport);
      await run.send(...frames(2));
      await turn();
      expect(place.arrivals).toHaveLength(1);
      if (transport === 'long-poll') first.answerLines(connected);
      else first.stream(eventOf(connected));
      const post = await place.post();
      expect([post.query, post.body]).toEqual(['session=s1', frames(2).join('')]);
      post.taken();
    });

    // RT-CLIENT-8
    test('go together if they were said in one turn or while others are under way, one POST at a time', async () => {
      const { run, place } = await open(transport);
      await run.send(...frames(3));
      const first = await place.post();
      expect(first.body).toBe(frames(3).join(''));
      await run.send(...frames(1, 4));
      await run.send(...frames(2, 5));
      await turn();
      expect(place.arrivals.filter(({ query }) => query === 'session=s1')).toHaveLength(1);
      first.taken();
      const second = await place.post();
      expect(second.body).toBe(frames(3, 4).join(''));
      second.taken();
      await turn();
      await run.send(...frames(1, 7));
      expect((await place.post()).body).toBe(frames(1, 7).join(''));
    });

    // RT-CLIENT-9
    test.each(['before its head', 'in its head', 'in its body'])(
      'are sent again as they were if their answer was cut %s',
      async (where) => {
        const { run, place } = await open(transport, { speed: 20 });
        await run.send(...frames(2), manyBytes);
        const said = frames(2).join('') + manyBytes;
        for (let times = 0; times < 3; times += 1) {
          const post = await place.post();
          expect([post.query, post.body]).toEqual(['session=s1', said]);
          // What is said meanwhile must not change it.
          await run.send(...frames(1, 10 + times));
          if (where === 'in its head') await post.bytes('HTTP/1.1 20');
          if (where === 'in its body') await post.bytes('HTTP/1.1 202 Accepted\r\ncontent-length: 20\r\n\r\n{"ta');
          await turn();
          post.cut();
        }
        const last = await place.post();
        expect(last.body).toBe(said);
        last.taken();
        const rest = await place.post();
        expect(rest.body).toBe(frames(3, 10).join(''));
        expect(run.count('ended')).toBe(0);
      },
    );

    test('are sent again as they were if their answer does not come', async () => {
      const { run, place } = await open(transport, { speed: 50 });
      await run.send(...frames(2));
      const first = await place.post();
      const second = await place.post();
      expect(second.body).toBe(first.body);
      await first.gone;
      second.taken();
      await turn();
      expect(run.count('ended')).toBe(0);
    });

    // RT-CLIENT-10
    test.each([
      ['ASCII', 'x'],
      ['characters of three bytes', '日'],
      ['characters of four bytes', '👩'],
    ])('are no more at once than a server takes: %s', async (_, character) => {
      const { run, place } = await open(transport);
      const all = frames(200).map((_line, n) => {
        return `${JSON.stringify({ type: 'send', id: n + 2, data: character.repeat(800) })}\n`;
      });
      await run.send(...all);
      const bodies = await takeFrames(place, all.length);
      expect(bodies.join('')).toBe(all.join(''));
      expect(bodies.length).toBeLessThan(all.length / 4);
      for (const body of bodies) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxBytes);
    });

    test('go alone if one is larger than that', async () => {
      const { run, place } = await open(transport);
      const large = `${JSON.stringify({ type: 'send', id: 3, data: 'x'.repeat(100_000) })}\n`;
      await run.send(...frames(1), large, ...frames(1, 4));
      const bodies = await takeFrames(place, 3);
      expect(bodies).toEqual([...frames(1), large, ...frames(1, 4)]);
    });

    test.each([
      ['session_unknown', '410 Gone', true],
      ['session_lost', '410 Gone', true],
      ['origin_denied', '403 Forbidden', false],
    ] as const)('that are refused with %s end it', async (code, status, retryable) => {
      const { run, place } = await open(transport);
      await run.send(...frames(1));
      const error = { code, message: 'no', retryable };
      (await place.post()).answer(status, { 'content-type': 'application/json' }, JSON.stringify({ error }));
      expect(await run.ended()).toEqual({ type: 'ended', end: 'refused', code, retryable, retryInMs: null });
    });

    test('that something else has answered were not taken', async () => {
      const { run, place } = await open(transport);
      await run.send(...frames(1));
      (await place.post()).answer('200 OK', { 'content-type': 'text/html' }, '<title>Please log in</title>');
      expect(await run.ended()).toMatchObject({ end: 'refused', retryable: true });
    });

    test('that are the last ones go alone, by whom the hello is from, and whatever becomes of it', async () => {
      const { run, place } = await open(transport);
      await run.send(...frames(1));
      const post = await place.post();
      await run.last(frames(1, 7).join(''));
      await run.close();
      await post.gone;
      const last = await place.next('the last ones', ({ query }) => !query.includes('session='));
      const { type, id, token } = JSON.parse(hello) as Readonly<Record<string, unknown>>;
      expect(last.body).toBe(`${JSON.stringify({ type, id, token })}\n${frames(1, 7).join('')}`);
      last.answerLines('');
    });

    test('are given up with it', async () => {
      const { run, place } = await open(transport);
      await run.send(...frames(2));
      const post = await place.post();
      await run.send(...frames(2, 3));
      await run.close();
      await post.gone;
      await turn();
      expect(place.arrivals.filter(({ query }) => query === 'session=s1')).toHaveLength(1);
    });

    test('are given up with it also while they wait to be sent again', async () => {
      const { run, place } = await open(transport, { speed: 5 });
      await run.send(...frames(2));
      const post = await place.post();
      post.cut();
      await turn();
      await run.close();
      await turn();
      expect(place.arrivals.filter(({ query }) => query === 'session=s1')).toHaveLength(1);
    });
  });
}
