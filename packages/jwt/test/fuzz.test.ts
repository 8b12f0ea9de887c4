import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RtError } from '@rt/protocol';
import { jwt } from '@rt/jwt';
import { forged, nowMs, secret, signers, token } from './signer.ts';

const runs = 100_000;
/** Checked at once: the checks themselves run on other threads. */
const together = 100;

const unhandled: unknown[] = [];
const note = (cause: unknown): void => void unhandled.push(cause);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

const letters = fc.string({ unit: fc.constantFrom('A', 'B', 'x', 'y', '0', '9', '-', '_'), maxLength: 20 });
const header = fc.record(
  {
    alg: fc.constantFrom('HS256', 'ES256', 'none', 'RS256', '', '__proto__', 7, null),
    kid: fc.oneof(fc.string(), fc.constant({})),
    crit: fc.constantFrom(['b64'], ['x'], [], 'x'),
    b64: fc.boolean(),
    typ: fc.anything({ maxDepth: 1 }),
  },
  { requiredKeys: [] },
);

/** Everything from noise to tokens that differ from a good one in one place. */
function texts(good: string): fc.Arbitrary<string> {
  const place = fc.nat({ max: good.length - 1 });
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.tuple(letters, letters, letters).map((parts) => parts.join('.')),
    fc.array(letters, { maxLength: 6 }).map((parts) => parts.join('.')),
    fc
      .tuple(header, fc.jsonValue({ maxDepth: 1 }), letters)
      .map(([head, claims, signed]) => forged(head, claims, signed)),
    fc.tuple(fc.jsonValue({ maxDepth: 1 }), letters).map(([head, signed]) => forged(head, { sub: 'ada' }, signed)),
    place.map((length) => good.slice(0, length)),
    fc.tuple(place, fc.string({ unit: 'binary', minLength: 1, maxLength: 3 })).map(([at, inserted]) => {
      return `${good.slice(0, at)}${inserted}${good.slice(at)}`;
    }),
    fc.tuple(place, letters).map(([at, written]) => `${good.slice(0, at)}${written}${good.slice(at + written.length)}`),
  );
}

// RT-LIMIT-8
test.each([
  ['a secret', signers.HS256, { secret }],
  ['a public key', signers.ES256, { publicKey: signers.ES256.publicKey }],
])(
  `${runs / 2} texts, checked with %s, are refused with a code or are the good one`,
  async (_, signer, keys) => {
    const good = await token(signer);
    const [head, claims] = good.split('.', 2);
    const verify = jwt({ ...keys, now: () => nowMs });
    let [texted, taken] = [0, 0];
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(texts(good), { minLength: together, maxLength: together }), async (all) => {
        const outcomes = await Promise.allSettled(all.map(verify));
        for (const [index, outcome] of outcomes.entries()) {
          texted += 1;
          const text = all[index] ?? '';
          if (outcome.status === 'fulfilled') {
            taken += 1;
            // The last letter may differ in bits that no byte takes; nothing else may.
            expect(text.split('.').slice(0, 2)).toEqual([head, claims]);
            expect(text.slice(0, -1)).toBe(good.slice(0, -1));
          } else {
            const { reason } = outcome as { reason: unknown };
            expect(reason).toBeInstanceOf(RtError);
            const { code, message } = reason as RtError;
            expect(code).toBe('token_invalid');
            if (text.length > 20) expect(message).not.toContain(text);
            seen.add(message);
          }
        }
      }),
      { numRuns: runs / 2 / together },
    );
    expect(texted).toBe(runs / 2);
    expect(taken).toBeGreaterThan(0);
    expect(seen.size).toBeGreaterThan(5);
    expect(unhandled).toEqual([]);
  },
  60_000,
);
