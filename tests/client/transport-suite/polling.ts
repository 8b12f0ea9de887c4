import { describe, expect, test } from 'vitest';
import type { Ground } from './ground.ts';
import { connected, frames } from './ground.ts';

const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/plain\r\n';
const half = frames(1).join('').slice(0, -5);

/** What only polls that wait have: their numbers. */
export function longPollCases({ attempt, open }: Ground): void {
  describe('polls of a session', () => {
    test('follow each other with rising numbers, also when an answer is empty', async () => {
      const { run, place } = await open('long-poll');
      for (let number = 1; number <= 4; number += 1) {
        const poll = await place.poll();
        expect([poll.query, poll.body]).toEqual([`session=s1&wait=25&poll=${number}`, '']);
        poll.answerLines(number % 2 === 0 ? frames(1, number).join('') : '');
      }
      await place.poll();
      expect(await run.untilLines(3)).toEqual(
        [connected, ...frames(1, 2), ...frames(1, 4)].map((line) => line.trimEnd()),
      );
    });

    test('are one at a time', async () => {
      const { run, place } = await open('long-poll');
      const poll = await place.poll();
      await run.send(...frames(1));
      (await place.post()).taken();
      expect(place.arrivals.filter(({ query }) => query.includes('poll='))).toHaveLength(1);
      poll.answerLines(frames(1).join(''));
      await place.poll();
    });

    // RT-CLIENT-11
    test.each([
      ['before its head', ''],
      ['in its status line', 'HTTP/1.1 200 O'],
      ['in its head', 'HTTP/1.1 200 OK\r\nconnection: cl'],
      ['in its body', `${head}content-length: 1000\r\n\r\n${half}`],
      ['in its body, which is chunked', `${head}transfer-encoding: chunked\r\n\r\nff\r\n${half}`],
      ['in its body, which has no length', `${head}\r\n${half}`],
    ])('are over if an answer was lost %s: what was in it is not known', async (_, said) => {
      const { run, place } = await open('long-poll');
      const poll = await place.poll();
      poll.socket.end(said);
      // A browser takes what is cut in its head for an answer, and it is none of ours.
      expect(['lost', 'refused']).toContain((await run.ended()).end);
      expect(run.lines).toHaveLength(1);
      expect(place.arrivals).toHaveLength(2);
    });

    test('are over with a goodbye: a session that was not named has no next one', async () => {
      const { run, place, first } = await attempt('long-poll');
      first.answerLines(frames(1).join(''));
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
      expect(place.arrivals).toHaveLength(1);
    });

    test('are refused like the first one', async () => {
      const { run, place } = await open('long-poll');
      const error = { code: 'session_lost', message: 'connect anew', retryable: true };
      (await place.poll()).answer('410 Gone', {}, JSON.stringify({ error }));
      expect(await run.ended()).toMatchObject({ end: 'refused', code: 'session_lost', retryable: true });
    });
  });
}
