import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCursor, formatPosition, parseCursor, parsePosition } from '@rt/protocol';

const epoch = fc.stringMatching(/^[0-9A-Za-z]{1,32}$/);
const offset = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const channel = fc.stringMatching(/^[a-z@.%/]{1,20}(:[a-z0-9@=~]{1,20}){0,2}$/);

describe('position', () => {
  test('prints and reads back', () => {
    fc.assert(
      fc.property(epoch, offset, (e, o) => {
        expect(parsePosition(formatPosition(e, o))).toEqual({ epoch: e, offset: o });
      }),
    );
  });

  test('never throws, and prints again exactly what it read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const position = parsePosition(text);
        if (position !== null) expect(formatPosition(position.epoch, position.offset)).toBe(text);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('cursor', () => {
  // RT-POS-3
  test('prints and reads back', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(channel, epoch, offset), { minLength: 1, maxLength: 16, selector: ([name]) => name }),
        (parts) => {
          const positions = new Map(parts.map(([name, e, o]) => [name, { epoch: e, offset: o }]));
          expect(parseCursor(formatCursor(positions))).toEqual(positions);
        },
      ),
    );
  });

  test('that is too long is refused', () => {
    expect(parseCursor(`${'x'.repeat(5000)}@a.1`)).toBeNull();
  });
});
