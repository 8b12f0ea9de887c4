import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBase64, parseBase64 } from '@rt/protocol';

describe('base64', () => {
  test('is what everybody else writes, and is read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = formatBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(parseBase64(text)).toEqual(bytes);
      }),
    );
  });

  test.each(['A', 'AA', 'AAA', 'AA=', '=', 'A===', 'AA==AA==', 'AA-_', 'AAAA\n', ' AAAA', 'ÄAAA'])(
    '%j is refused',
    (text) => expect(parseBase64(text)).toBeNull(),
  );
});
