import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  channelNameFault,
  eventNameFault,
  formatCursor,
  formatPosition,
  formatSse,
  parseBase64,
  parseCursor,
  parsePattern,
  parsePosition,
  RtError,
} from '@rt/protocol';
import { agree } from './agreement.ts';

/** Inputs of each parser. */
const numRuns = 100_000;
const limit = 60_000;

const letter = fc.constantFrom(...'aZ09_.-/@+=~%:,{} '.split(''));
const near = fc.string({ unit: letter, maxLength: 12 });
const noise = fc.string({ unit: 'binary', maxLength: 12 });

const offset = fc.oneof(
  fc.constantFrom('0', '1', '42', '01', '-1', '1e3', '9007199254740991', '9007199254740992', '99999999999999999999'),
  { weight: 2, arbitrary: fc.nat().map(String) },
);
const epoch = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('k3f9a2', 'A', '0', 'x'.repeat(32)) },
  fc.constantFrom('x'.repeat(33), '', 'é'),
  near,
);
const positionText = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(epoch, offset).map(([life, at]) => `${life}.${at}`) },
  near,
  noise,
);

/** What PROTOCOL.md says of a position, said another way. */
function isPosition(text: string): boolean {
  const dot = text.indexOf('.');
  const [life, at] = [text.slice(0, dot), text.slice(dot + 1)];
  if (dot < 1 || life.length > 32 || !isOf(life, '') || at === '') return false;
  if (!at.split('').every((one) => '0123456789'.includes(one))) return false;
  return (at === '0' || !at.startsWith('0')) && BigInt(at) < 2n ** 53n;
}

function isLetter(one: string): boolean {
  return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
}

function isOf(text: string, marks: string): boolean {
  return text.split('').every((one) => isLetter(one) || '0123456789'.includes(one) || marks.includes(one));
}

/** What PROTOCOL.md says of a channel's name, said another way. */
function isChannelName(text: string): boolean {
  const good = text.split(':').every((segment) => segment !== '' && isOf(segment, '_.-/@+=~%'));
  return good && text.length <= 255 && !text.startsWith('rt.');
}

describe(`${numRuns} inputs of`, () => {
  // RT-POS-1
  test('positions', { timeout: limit }, () => {
    let good = 0;
    fc.assert(
      fc.property(positionText, (text) => {
        const position = parsePosition(text);
        agree(position !== null, isPosition(text));
        if (position === null) return;
        good += 1;
        agree(formatPosition(position.epoch, position.offset), text);
      }),
      { numRuns },
    );
    expect(good).toBeGreaterThan(numRuns / 10);
  });

  // RT-POS-3
  test('cursors', { timeout: limit }, () => {
    const name = fc.oneof(fc.constantFrom('room:1', 'room:2', 'a@b', 'a@k.1', 'b', 'c.d', 'rt.x', '@', 'a:'), near);
    const part = fc
      .tuple(name, fc.constantFrom('@', '@', '@', '@', '@', '@', '@', '@', ''), positionText)
      .map((each) => each.join(''));
    const text = fc.oneof(
      fc
        .tuple(fc.array(part, { maxLength: 4 }), fc.constantFrom(',', ',', ',', ',', ',,', ';'))
        .map(([all, by]) => all.join(by)),
      noise,
    );
    let good = 0;
    fc.assert(
      fc.property(text, (cursor) => {
        const positions = parseCursor(cursor);
        // The last @ of a part is before the position: neither a comma nor an @ can be in a position.
        const parts = cursor.split(',').map((each) => [each.slice(0, each.lastIndexOf('@')), each] as const);
        const isGood = parts.every(
          ([channel, each]) => isChannelName(channel) && isPosition(each.slice(channel.length + 1)),
        );
        agree(positions !== null, isGood && new Set(parts.map(([channel]) => channel)).size === parts.length);
        if (positions === null) return;
        good += 1;
        agree(formatCursor(positions), cursor);
      }),
      { numRuns },
    );
    expect(good).toBeGreaterThan(numRuns / 50);
  });

  // RT-POS-7
  test('names of channels and events', { timeout: limit }, () => {
    const text = fc.oneof(
      near,
      noise,
      fc.tuple(fc.constantFrom('rt.', 'rt', 'RT.', ''), near).map((parts) => parts.join('')),
      fc
        .tuple(fc.constantFrom('a', ':', 'a:', 'é'), fc.constantFrom(1, 32, 64, 65, 127, 255, 256))
        .map(([part, times]) => part.repeat(times)),
      near.map((name) => `${name}\n`),
    );
    let good = 0;
    fc.assert(
      fc.property(text, (name) => {
        agree(channelNameFault(name) === null, isChannelName(name));
        const isEvent = name !== '' && name.length <= 64 && isOf(name, '_.:-') && !name.startsWith('rt.');
        agree(eventNameFault(name) === null, isEvent);
        if (isChannelName(name)) good += 1;
      }),
      { numRuns },
    );
    expect(good).toBeGreaterThan(numRuns / 20);
  });

  test('patterns', { timeout: limit }, () => {
    const segment = fc.oneof(
      fc.constantFrom('{id}', '{a}', '{b_2}', 'room', '{', '{}', '{1}', 'x{id}', '', '{__proto__}'),
      near,
    );
    const text = fc.oneof(
      fc.array(segment, { maxLength: 4 }).map((all) => all.join(':')),
      noise,
    );
    let good = 0;
    fc.assert(
      fc.property(text, text, (pattern, other) => {
        let parsed: ReturnType<typeof parsePattern>;
        try {
          parsed = parsePattern(pattern);
        } catch (error) {
          agree(error instanceof RtError && error.code, 'definition_invalid');
          return;
        }
        good += 1;
        const segments = pattern.split(':');
        const filled = segments.map((each, index) => (each.startsWith('{') ? `value${index}` : each));
        const expected = segments.flatMap((each, index) =>
          each.startsWith('{') ? [[each.slice(1, -1), `value${index}`]] : [],
        );
        const params = parsed.match(filled);
        agree(params === null ? null : Object.entries(params), expected);
        agree(parsed.match([...filled, 'more']), null);
        for (const [index, each] of segments.entries()) {
          if (!each.startsWith('{')) agree(parsed.match(filled.with(index, `${each}x`)), null);
        }
        parsed.match(other.split(':'));
      }),
      { numRuns },
    );
    expect(good).toBeGreaterThan(numRuns / 20);
  });

  test('base64', { timeout: limit }, () => {
    const bytes = fc.uint8Array({ maxLength: 9 }).map((each) => Buffer.from(each).toString('base64'));
    const text = fc.oneof(
      bytes,
      fc.tuple(bytes, fc.constantFrom('=', 'A', '\n', ' ', '-')).map((parts) => parts.join('')),
      bytes.map((each) => each.slice(1)),
      noise,
    );
    let good = 0;
    fc.assert(
      fc.property(text, (written) => {
        const parsed = parseBase64(written);
        const bytesOf = Buffer.from(written, 'base64');
        if (parsed === null) agree(bytesOf.toString('base64') === written, false);
        else agree(Buffer.from(parsed), bytesOf);
        if (parsed !== null) good += 1;
      }),
      { numRuns },
    );
    expect(good).toBeGreaterThan(numRuns / 10);
  });

  test('fields of an event stream: written, or refused with a code', { timeout: limit }, () => {
    const text = fc.oneof(noise, fc.constantFrom('a\nb', '\r', '\0', '\r\n', 'x: y', ' '));
    let refused = 0;
    fc.assert(
      fc.property(text, text, text, fc.double(), (id, event, data, retryMs) => {
        const isGood = !/[\r\n\0]/.test(id + event) && Number.isSafeInteger(retryMs) && retryMs >= 0;
        try {
          const block = formatSse({ id, event, data, retryMs });
          agree(isGood, true);
          // One block, and every line of it a field of ours.
          const lines = block.split(/\r\n|\r|\n/);
          agree(lines.slice(-2), ['', '']);
          agree(
            lines.slice(0, -2).every((line) => /^(?:retry|id|event|data): /.test(line)),
            true,
          );
        } catch (error) {
          if (!(error instanceof RtError)) throw error;
          agree(isGood, false);
          agree(error.code, 'sse_field_invalid');
          refused += 1;
        }
      }),
      { numRuns },
    );
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(numRuns);
  });
});
