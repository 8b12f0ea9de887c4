import { describe, expect, test } from 'vitest';
import type { Arrival } from './arrival.ts';
import type { Ground } from './ground.ts';
import { hello, nowhere } from './ground.ts';

const http = ['sse', 'long-poll'] as const;
const html = { 'content-type': 'text/html; charset=utf-8' };
const json = { 'content-type': 'application/json' };
const page = '<!doctype html><title>Welcome to the hotel</title>\n';

interface Refusal {
  readonly what: string;
  readonly says: (first: Arrival) => void;
  readonly code: string;
  readonly retryable: boolean;
  readonly retryInMs: number | null;
}

const denied = { code: 'subscribe_denied', message: 'subscribe_denied: not you', retryable: false };
const busy = { code: 'server_busy', message: 'later', retryable: true };
const foreign = { code: 503, message: 'The service is currently unavailable.', status: 'UNAVAILABLE' };
const laterPage = { code: 'internal', retryable: true, retryInMs: null } as const;

const refusals: readonly Refusal[] = [
  {
    what: '503 with Retry-After and a body that is not ours',
    says: (first) => first.answer('503 Service Unavailable', { ...html, 'retry-after': '7' }, page),
    code: 'server_busy',
    retryable: true,
    retryInMs: 7000,
  },
  {
    what: '503 with a date to retry after',
    says: (first) => first.answer('503 X', { 'retry-after': 'Wed, 21 Oct 2037 07:28:00 GMT' }, ''),
    code: 'server_busy',
    retryable: true,
    retryInMs: null,
  },
  {
    what: '503 with our body, which has no time, and Retry-After',
    says: (first) => first.answer('503 X', { ...json, 'retry-after': '2' }, JSON.stringify({ error: busy })),
    code: 'server_busy',
    retryable: true,
    retryInMs: 2000,
  },
  {
    what: '403 with our body',
    says: (first) => first.answer('403 Forbidden', json, JSON.stringify({ error: denied })),
    code: 'subscribe_denied',
    retryable: false,
    retryInMs: null,
  },
  {
    what: '503 with the JSON error of something else',
    says: (first) => first.answer('503 X', json, JSON.stringify({ error: foreign })),
    code: 'server_busy',
    retryable: true,
    retryInMs: null,
  },
  ...['null', '"no"', '{"error":"no"}', '{"error":null}', '[]'].map((body): Refusal => {
    return { what: `400 with ${body}`, says: (first) => first.answer('400 X', json, body), ...laterPage };
  }),
  {
    what: '429 without a body',
    says: (first) => first.answer('429 Too Many Requests', {}, ''),
    code: 'server_busy',
    retryable: true,
    retryInMs: null,
  },
  { what: '404 and a page', says: (first) => first.answer('404 Not Found', html, page), ...laterPage },
  { what: '200 and a page', says: (first) => first.answer('200 OK', html, page), ...laterPage },
];

/** What does not let a session begin. */
export function refusingCases({ start, attempt, turn }: Ground): void {
  describe.each(http)('a first answer over %s', (transport) => {
    test('is asked for with the hello as it is, and the headers', async () => {
      const { run, first } = await attempt(transport, { headers: { 'x-who': 'ada' } });
      expect([first.method, first.body, first.headers.get('x-who')]).toEqual(['POST', hello, 'ada']);
      expect(run.told).toEqual([{ type: 'returned' }]);
    });

    // RT-CLIENT-5
    test.each(refusals)('that is $what is a refusal', async ({ says, code, retryable, retryInMs }) => {
      const { run, first } = await attempt(transport);
      says(first);
      expect(await run.ended()).toEqual({ type: 'ended', end: 'refused', code, retryable, retryInMs });
      expect(run.count('lines')).toBe(0);
    });

    test('that leads to a login is a refusal', async () => {
      const { run, place, first } = await attempt(transport);
      first.answer('302 Found', { location: `${place.path}/login` }, '');
      (await place.next('the login')).answer('200 OK', html, page);
      expect(await run.ended()).toMatchObject({ end: 'refused', code: 'internal', retryable: true });
      expect(run.count('lines')).toBe(0);
    });

    test('that leads to where the hub is now is followed', async () => {
      const { run, place, first } = await attempt(transport);
      first.answer('307 Temporary Redirect', { location: `${place.path}/there` }, '');
      const second = await place.next('the other place');
      expect([second.method, second.body]).toEqual(['POST', hello]);
      second.cut();
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
    });

    test.each([
      ['before its head', () => {}],
      ['in its head', (first: Arrival) => first.bytes('HTTP/1.1 200 OK\r\ncontent-ty')],
      [
        'in its body',
        async (first: Arrival) => {
          const kind = transport === 'sse' ? 'text/event-stream' : 'text/plain';
          first.head('200 OK', { 'content-type': kind, 'transfer-encoding': 'chunked' });
          await first.bytes('ff\r\ndata: {"ty');
        },
      ],
    ])('that is cut %s is lost', async (_, says) => {
      const { run, first } = await attempt(transport);
      await says(first);
      await turn();
      first.cut();
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
      expect(run.count('lines')).toBe(0);
    });

    test('cannot come where nobody listens', async () => {
      const { run } = await start(transport, { url: await nowhere() });
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
    });
  });

  describe('a stream', () => {
    // RT-CLIENT-6
    test.each([
      ['its head', () => {}],
      ['its body', (first: Arrival) => first.stream('')],
    ])('of which %s is held back does not work here', async (_, says) => {
      const { run, first } = await attempt('sse', { speed: 10 });
      says(first);
      expect(await run.ended()).toEqual({ type: 'ended', end: 'unfit' });
      await first.gone;
    });

    test('that is empty does not work here', async () => {
      const { run, first } = await attempt('sse');
      first.answer('200 OK', { 'content-type': 'text/event-stream' }, '');
      expect(await run.ended()).toEqual({ type: 'ended', end: 'unfit' });
    });

    test('that was answered in time may be quiet for as long as it wants', async () => {
      const { run, first } = await attempt('sse', { speed: 10 });
      first.stream();
      await run.until('its beginning', () => run.count('alive') === 1);
      // One that begins later is given up.
      const later = await attempt('sse', { speed: 10 });
      await later.run.ended();
      expect(run.count('ended')).toBe(0);
    });
  });

  test('an empty answer to a poll that opens is lost', async () => {
    const { run, first } = await attempt('long-poll');
    first.answerLines('');
    expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
  });
}
