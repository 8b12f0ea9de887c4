import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { SseItem } from '@rt/protocol';
import {
  channelNameFault,
  createSseParser,
  eventNameFault,
  formatCursor,
  formatPosition,
  parseCursor,
  parseFrames,
  parsePosition,
} from '@rt/protocol';

function vectors<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as Shape;
}

interface Positions {
  readonly good: readonly { readonly text: string; readonly epoch: string; readonly offset: number }[];
  readonly bad: readonly string[];
}

interface Cursors {
  readonly good: readonly { readonly text: string; readonly positions: readonly (readonly [string, string])[] }[];
  readonly bad: readonly string[];
}

interface Names {
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

interface EventStream {
  readonly name: string;
  readonly stream: string;
  readonly items: readonly (readonly (string | number)[])[];
}

interface ClientFrames {
  readonly good: readonly { readonly line: string; readonly frame: object }[];
  readonly refused: readonly { readonly line: string; readonly id: number | null; readonly code: string }[];
  readonly ignored: readonly string[];
  readonly fatal: readonly string[];
}

/** An item as the vectors write it: its type, and then what it holds. */
const written = ({ type, ...rest }: SseItem): readonly (string | number)[] => [type, ...Object.values(rest)];

describe('the vectors that other implementations are tested with', () => {
  const positions = vectors<Positions>('positions');
  // RT-POS-1
  test.each(positions.good)('position $text', ({ text, epoch, offset }) => {
    expect([parsePosition(text), formatPosition(epoch, offset)]).toEqual([{ epoch, offset }, text]);
  });
  test.each(positions.bad)('no position: %j', (text) => expect(parsePosition(text)).toBeNull());

  const cursors = vectors<Cursors>('cursors');
  test.each(cursors.good)('cursor $text', ({ text, positions: each }) => {
    const parsed = parseCursor(text) ?? new Map();
    expect([...parsed].map(([name, { epoch, offset }]) => [name, formatPosition(epoch, offset)])).toEqual(each);
    expect(formatCursor(parsed)).toBe(text);
  });
  test.each(cursors.bad)('no cursor: %j', (text) => expect(parseCursor(text)).toBeNull());

  const { channels, events } = vectors<{ readonly channels: Names; readonly events: Names }>('names');
  test.each(channels.good)('channel %s', (name) => expect(channelNameFault(name)).toBeNull());
  test.each(channels.bad)('no channel: %j', (name) => expect(channelNameFault(name)).not.toBeNull());
  test.each(events.good)('event %s', (name) => expect(eventNameFault(name)).toBeNull());
  test.each(events.bad)('no event: %j', (name) => expect(eventNameFault(name)).not.toBeNull());

  test.each(vectors<readonly EventStream[]>('event-streams'))('event stream: $name', ({ stream, items }) => {
    const bytes = new TextEncoder().encode(stream);
    expect(createSseParser().feed(bytes).map(written)).toEqual(items);
    const parser = createSseParser();
    expect([...bytes].flatMap((byte) => parser.feed(Uint8Array.of(byte))).map(written)).toEqual(items);
  });
});

describe('client-frames.json', () => {
  const { good, refused, ignored, fatal } = vectors<ClientFrames>('client-frames');
  // As JSON, in which bytes have no form of their own.
  const plain = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? { bytes: [...part] } : part)));

  test.each(good)('$line', ({ line, frame }) => {
    const [parsed] = parseFrames(line);
    expect(parsed?.type === 'frame' && plain(parsed.frame)).toEqual(plain(frame));
  });

  test.each(refused)('$line is refused with $code', ({ line, id, code }) => {
    const [parsed] = parseFrames(line);
    expect(parsed).toMatchObject({ type: 'fault', id, error: { code } });
  });

  test.each(ignored)('%s is ignored', (line) => expect(parseFrames(line)).toEqual([{ type: 'ignored' }]));

  test.each(fatal)('%s ends the session', (line) => {
    expect(() => parseFrames(line)).toThrow(expect.objectContaining({ code: 'frame_invalid' }));
  });

  test('one text holds any number of frames, and empty lines are nothing', () => {
    const text = good.map(({ line }) => `${line}\n\n`).join('\n');
    expect(parseFrames(text)).toHaveLength(good.length);
    expect(parseFrames('')).toEqual([]);
  });
});
