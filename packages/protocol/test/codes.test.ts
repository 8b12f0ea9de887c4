import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '@rt/protocol';
import { codes, meanings, retryOf, RtError } from '@rt/protocol';

const page = readFileSync(new URL('../../../docs/reference/codes.md', import.meta.url), 'utf8');

describe('error codes', () => {
  // RT-PLAIN-7
  test.each(Object.entries(codes))('%s is documented as it is', (code, { number, status }) => {
    const [, ...cells] =
      page
        .split('\n')
        .find((line) => line.startsWith(`| \`${code}\` `))
        ?.split('|') ?? [];
    expect(cells.slice(1, 5).map((cell) => cell.trim())).toEqual([
      String(number),
      String(status),
      retryOf(number),
      meanings[code as ErrorCode],
    ]);
  });

  test('the page has no code that does not exist', () => {
    const documented = [...page.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]);
    expect(documented).toEqual(Object.keys(codes));
  });

  test.each(Object.keys(codes) as ErrorCode[])('%s has an error status, and a sentence', (code) => {
    const { status } = codes[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(meanings[code]).toMatch(/^[A-Z].*\.$/);
  });

  test('no two codes have one number, and all are WebSocket close codes that apps may use', () => {
    const numbers = Object.values(codes).map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.every((number) => number >= 4000 && number < 4400)).toBe(true);
  });

  test.each(Object.keys(codes) as ErrorCode[])('an error with %s may be repeated as the table says', (code) => {
    expect(new RtError(code, 'x').retryable).toBe(retryOf(codes[code].number) !== 'never');
  });

  test('an error is read back as it was written, also with a code that is not known here', () => {
    const conflict = { position: 'e.2', newest: { event: 'moved', data: 1 } };
    const error = new RtError('conflict', 'look again', { conflict, retryInMs: 5 });
    expect(RtError.of(error.toJSON())).toEqual(error);
    const unknown = RtError.of({
      code: 'from_the_future' as 'internal',
      message: 'from_the_future: x',
      retryable: true,
    });
    expect([unknown.code, unknown.message, unknown.retryable]).toEqual(['from_the_future', 'from_the_future: x', true]);
  });

  test('an error shows its code, message and nothing else', () => {
    const error = new RtError('hub_closed', 'gone', { cause: new Error('secret') });
    expect(JSON.parse(JSON.stringify({ error }))).toEqual({
      error: { code: 'hub_closed', message: 'hub_closed: gone', retryable: true },
    });
    expect(new RtError('rate_limited', 'slow down', { retryInMs: 5 }).toJSON()).toMatchObject({ retryInMs: 5 });
    expect([error.name, error instanceof Error]).toEqual(['RtError', true]);
  });
});
