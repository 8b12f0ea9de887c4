import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deflateFraming, plainFraming } from '../src/websocket-framing.ts';

/** The payload of a server's frame, by the length that its head says. */
function payloadOf(frame: Buffer): Buffer {
  const short = (frame[1] ?? 0) & 0x7f;
  const headLength = short < 126 ? 2 : short === 126 ? 4 : 10;
  const length = short < 126 ? short : short === 126 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
  expect(frame.length).toBe(headLength + length);
  return frame.subarray(headLength);
}

// Lengths at which the head of a frame, or the memory that a compressor is given, changes.
const lengths = fc.oneof(
  fc.nat({ max: 70_000 }),
  fc.constantFrom(125, 126, 511, 512, 513, 1024, 1025, 32_768, 32_769, 65_535, 65_536),
);
const texts = fc
  .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), lengths)
  .map(([unit, length]) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length));

test('a text comes out of its frame as it went in', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(payloadOf(Buffer.from(plainFraming.frame(text)))).toEqual(Buffer.from(text));
    }),
  );
});

test('a compressed text comes out of its frame as it went in, whatever memory it was compressed with', () => {
  fc.assert(
    fc.property(texts, (text) => {
      fc.pre(text.length >= 512);
      const frame = Buffer.from(deflateFraming.frame(text));
      expect(frame[0]).toBe(0xc1);
      const whole = Buffer.concat([payloadOf(frame), Buffer.from([0, 0, 0xff, 0xff, 3, 0])]);
      expect(inflateRawSync(whole)).toEqual(Buffer.from(text));
    }),
  );
});
