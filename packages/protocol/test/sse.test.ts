import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSseParser, formatSse, RtError } from '@rt/protocol';
import type { SseItem } from '@rt/protocol';

const encoder = new TextEncoder();

function parse(text: string, cuts: readonly number[] = []): readonly SseItem[] {
  const bytes = encoder.encode(text);
  const parser = createSseParser();
  const edges = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return edges.slice(1).flatMap((edge, index) => parser.feed(bytes.subarray(edges[index], edge)));
}

/** The HTML standard read aloud, for a whole text at once. */
function reference(text: string): readonly SseItem[] {
  const items: SseItem[] = [];
  let [id, told, event, data] = ['', '', '', null as string[] | null];
  const lines = new TextDecoder().decode(encoder.encode(text)).split(/\r\n|\r|\n/);
  for (const line of lines.slice(0, -1)) {
    if (line === '') {
      if (data !== null) items.push({ type: 'event', id, event: event || 'message', data: data.join('\n') });
      else if (id !== told) items.push({ type: 'id', id });
      [told, event, data] = [id, '', null];
      continue;
    }
    const [, name = '', value = ''] = /^([^:]*)(?::[ ]?(.*))?$/su.exec(line) ?? [];
    if (name === 'data') data = [...(data ?? []), value];
    if (name === 'event') event = value;
    if (name === 'id' && !value.includes('\0')) id = value;
    if (name === 'retry' && /^\d+$/.test(value)) items.push({ type: 'retry', ms: Number(value) });
    if (line.startsWith(':')) items.push({ type: 'comment', text: value });
  }
  return items;
}

const nasty = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  '\uFEFF',
  '\u2028',
  '\u2029',
  '',
  ' leading',
  'trailing ',
  ':',
  'data: x',
  '\n\n',
  '\ud800',
  'é',
  '😀',
];
const piece = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary', maxLength: 8 }));
const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
const streamPiece = fc.oneof(
  piece,
  fc.constantFrom(
    'data',
    'data:',
    'data: ',
    'id:',
    'id: ',
    'event: ',
    'retry: 10',
    ': ',
    '\n',
    '\n\n',
    '\r\n\r\n',
    '\r\r',
    'unknown: 1\n',
  ),
);
const stream = fc.array(streamPiece, { maxLength: 30 }).map((parts) => parts.join(''));
const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 12 });

describe('SSE parse', () => {
  // RT-PLAIN-9
  test('agrees with the standard however the bytes are split', () => {
    fc.assert(
      fc.property(stream, cuts, (source, at) => {
        expect(parse(source, at)).toEqual(reference(source));
      }),
      { numRuns: 5000 },
    );
  });

  test('agrees with the standard byte by byte', () => {
    fc.assert(
      fc.property(stream, (source) => {
        expect(parse(source, [...encoder.encode(source).keys()])).toEqual(reference(source));
      }),
      { numRuns: 1000 },
    );
  });

  test('drops a BOM at the start only', () => {
    expect(parse('\uFEFFdata: a\n\ndata: \uFEFFb\n\n')).toMatchObject([{ data: 'a' }, { data: '\uFEFFb' }]);
  });

  test('an unfinished block at the end is not given out', () => {
    expect(parse('data: a\n\ndata: b\n')).toMatchObject([{ data: 'a' }]);
  });

  test('an id without data moves the place and dispatches nothing', () => {
    expect(parse('retry: 5\n: hello\nid: x.1\n\ndata: 1\n\n')).toEqual([
      { type: 'retry', ms: 5 },
      { type: 'comment', text: 'hello' },
      { type: 'id', id: 'x.1' },
      { type: 'event', id: 'x.1', event: 'message', data: '1' },
    ]);
  });

  test('a line of 1 MB in small pieces is read whole and fast enough to be linear', () => {
    const long = 'x'.repeat(1_048_576);
    const bytes = encoder.encode(`data: ${long}\n\n`);
    const parser = createSseParser();
    const items: SseItem[] = [];
    for (let at = 0; at < bytes.length; at += 100) items.push(...parser.feed(bytes.subarray(at, at + 100)));
    expect(items).toEqual([{ type: 'event', id: '', event: 'message', data: long }]);
  });

  test.each([
    ['one endless line', 'data: '.padEnd(101, 'x')],
    ['many lines without an end', 'data: x\n'.repeat(20)],
  ])('%s stops at the limit', (_, source) => {
    expect(() => createSseParser({ maxChars: 100 }).feed(encoder.encode(source))).toThrow(/^sse_too_large/);
  });
});

describe('SSE format', () => {
  test('what is formatted is read back, line breaks in data as \\n', () => {
    fc.assert(
      fc.property(text, text, fc.nat(), cuts, (data, comment, retryMs, at) => {
        const wire = formatSse({ retryMs, comment, id: 'k3.1', event: 'e', data });
        const wellFormed = (value: string): string =>
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(encoder.encode(value));
        expect(parse(wire, at)).toEqual([
          { type: 'retry', ms: retryMs },
          ...comment.split(/\r\n|\r|\n/).map((line) => ({ type: 'comment', text: wellFormed(line) })),
          { type: 'event', id: 'k3.1', event: 'e', data: wellFormed(data.replaceAll(/\r\n|\r/g, '\n')) },
        ]);
      }),
      { numRuns: 3000 },
    );
  });

  test.each(['a\nb', 'a\rb', 'a\r\nb', 'a\0b', '\n'])('refuses %j in a name', (value) => {
    expect(() => formatSse({ event: value, data: '' })).toThrow(RtError);
    expect(() => formatSse({ id: value, data: '' })).toThrow(/^sse_field_invalid/);
  });

  test.each([-1, 1.5, Number.NaN, Infinity])('refuses retryMs %d', (retryMs) => {
    expect(() => formatSse({ retryMs })).toThrow(/^sse_field_invalid/);
  });
});
