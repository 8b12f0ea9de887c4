import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SseBlock, SseItem } from '@rt/protocol';
import { createSseParser, formatSse, RtError } from '@rt/protocol';
import { agree } from './agreement.ts';

const numRuns = 100_000;
const limit = 60_000;
const encoder = new TextEncoder();

const piece = fc.oneof(
  fc.constantFrom('data: x\n\n', 'id: k.2\n\n', 'event: e\ndata\n\r\n', ': hi\r', 'data: 1\r\n'),
  fc.constantFrom(
    'data',
    'data:',
    'data: x',
    'id:',
    'id: k.1',
    'event: e',
    'retry: 10',
    ': ',
    ':',
    '\0',
    'é',
    '😀',
    '\uFEFF',
  ),
  fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '\n\r'),
  fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '\n\r'),
);
/** Text that is nearly a stream, with bytes in it that are no text. */
const bytes = fc
  .array(
    fc.oneof({ weight: 6, arbitrary: piece.map((text) => encoder.encode(text)) }, fc.uint8Array({ maxLength: 3 })),
    {
      maxLength: 14,
    },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 8 });

type Outcome = { readonly type: 'items'; readonly items: readonly SseItem[] } | { readonly type: 'too large' };

function outcome(pieces: readonly Uint8Array[], maxChars?: number): Outcome {
  const parser = createSseParser(maxChars === undefined ? {} : { maxChars });
  try {
    return { type: 'items', items: pieces.flatMap((each) => parser.feed(each)) };
  } catch (error) {
    if (error instanceof RtError && error.code === 'sse_too_large') return { type: 'too large' };
    throw error;
  }
}

function split(whole: Uint8Array, at: readonly number[]): readonly Uint8Array[] {
  const inside = at.map((cut) => cut % (whole.length + 1));
  const edges = [0, ...inside, whole.length].toSorted((a, b) => a - b);
  return edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge));
}

/** The most characters that stand between two blank lines: what a parser has to remember. */
function largestBlock(whole: Uint8Array): number {
  const lines = new TextDecoder().decode(whole, { stream: true }).split(/\r\n|\r|\n/);
  let [largest, size] = [0, 0];
  for (const line of lines) {
    size = line === '' ? 0 : size + line.length;
    largest = Math.max(largest, size);
  }
  return largest;
}

// RT-PLAIN-9
test(`${numRuns} streams of bytes, cut anywhere, give what they give in one piece`, { timeout: limit }, () => {
  let itemsSeen = 0;
  fc.assert(
    fc.property(bytes, cuts, (whole, at) => {
      const expected = outcome([whole]);
      agree(outcome(split(whole, at)), expected);
      if (expected.type === 'items') itemsSeen += expected.items.length;
    }),
    { numRuns },
  );
  expect(itemsSeen).toBeGreaterThan(numRuns / 2);
});

// RT-LIMIT-3
test(
  `${numRuns} streams of bytes end with a code exactly where a block is too large to be remembered`,
  {
    timeout: limit,
  },
  () => {
    let ended = 0;
    fc.assert(
      fc.property(bytes, cuts, fc.integer({ min: 1, max: 30 }), (whole, at, maxChars) => {
        const { type } = outcome(split(whole, at), maxChars);
        agree(type === 'too large', largestBlock(whole) > maxChars);
        if (type === 'too large') ended += 1;
      }),
      { numRuns },
    );
    expect(ended).toBeGreaterThan(numRuns / 10);
    expect(ended).toBeLessThan(numRuns - numRuns / 10);
  },
);

const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom('', ' ', ': ', 'data: x', 'a\nb', '\r\n', '\r', '\n\n', '\u2028', '\uFEFF'),
);
const name = fc.string({ unit: fc.constantFrom('a', 'B', '1', '.', '_', ' ', ':', '😀'), maxLength: 6 });
const block = fc.record(
  { retryMs: fc.nat(), comment: value, id: name, event: name, data: value },
  { requiredKeys: [] },
) as fc.Arbitrary<SseBlock>;

/** What a reader of blocks must find, by what was written. */
function written(blocks: readonly SseBlock[]): readonly SseItem[] {
  const lines = (text: string): readonly string[] => text.split(/\r\n|\r|\n/);
  let [id, told] = ['', ''];
  return blocks.flatMap((each): readonly SseItem[] => {
    id = each.id ?? id;
    const moved = id !== told;
    told = id;
    const data = each.data === undefined ? null : lines(each.data).join('\n');
    return [
      ...(each.retryMs === undefined ? [] : [{ type: 'retry', ms: each.retryMs } as const]),
      ...(each.comment === undefined ? [] : lines(each.comment).map((text) => ({ type: 'comment', text }) as const)),
      ...(data === null ? [] : [{ type: 'event', id, event: each.event || 'message', data } as const]),
      ...(data === null && moved ? [{ type: 'id', id } as const] : []),
    ];
  });
}

// RT-PLAIN-8
test(`${numRuns} streams that were written are read as they were written`, { timeout: limit }, () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 3 }), cuts, (blocks, at) => {
      const whole = encoder.encode(blocks.map(formatSse).join(''));
      agree(outcome(split(whole, at)), { type: 'items', items: written(blocks) });
    }),
    { numRuns },
  );
});

// Node's decoder has given no character yet when the second of these pieces comes, and strips what begins it.
test('a BOM after a first piece without a whole character is kept', () => {
  const items = outcome([
    Uint8Array.of(0xef, 0xbb),
    Uint8Array.of(0xbf, 0xef, 0xbb, 0xbf, ...encoder.encode('data\n\n')),
  ]);
  expect(items).toEqual({ type: 'items', items: [] });
});
