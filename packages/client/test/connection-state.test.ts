import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RtError } from '@rt/client';
import type { ConnectionInput, ConnectionState } from '../src/connection-state.ts';
import { nextState } from '../src/connection-state.ts';

const delays = { firstMs: 1000, longestMs: 30_000, stableMs: 10_000 };
const error = new RtError('hub_closed', 'later');

const input: fc.Arbitrary<ConnectionInput> = fc.oneof(
  fc.constantFrom(
    ...(['needed', 'opened', 'due', 'woken', 'asleep'] as const).map((type) => ({ type })),
    { type: 'refused', error } as const,
    { type: 'closed' } as const,
  ),
  { weight: 5, arbitrary: fc.constantFrom({ type: 'opened' } as const, { type: 'due' } as const) },
  {
    weight: 5,
    arbitrary: fc
      .option(fc.integer({ min: 0, max: 60_000 }))
      .map((retryInMs) => ({ type: 'lost' as const, error, retryInMs })),
  },
);

describe('the state of a connection', () => {
  // RT-CLIENT-2
  test('whatever happens: it comes back within its window, slower each time, and closed is for good', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(input, fc.nat(20_000), fc.double({ min: 0, max: 0.999 })), { maxLength: 80 }),
        (steps) => {
          let state: ConnectionState = { name: 'idle' };
          let nowMs = 0;
          for (const [next, passedMs, chance] of steps) {
            nowMs += passedMs;
            const before: ConnectionState = state;
            state = nextState(before, next, { nowMs, random: () => chance, delays });
            if (before.name === 'closed') expect(state).toBe(before);
            if (next.type === 'closed' || next.type === 'refused') expect(state.name).toBe('closed');
            const left = before.name === 'connecting' || before.name === 'open';
            if (next.type !== 'lost' || !left) continue;
            const works = before.name === 'open' && nowMs - before.sinceMs >= delays.stableMs;
            const attempt = works ? 0 : before.attempt;
            const windowMs = Math.min(delays.longestMs, delays.firstMs * 2 ** attempt);
            expect(state).toEqual({
              name: 'waiting',
              attempt: attempt + 1,
              untilMs: nowMs + (next.retryInMs ?? chance * windowMs),
              error,
            });
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('an open connection that never lasts slows down like one that never opens', () => {
    let state: ConnectionState = { name: 'connecting', attempt: 0 };
    const waits: number[] = [];
    let nowMs = 0;
    const take = (next: ConnectionInput): void => {
      state = nextState(state, next, { nowMs, random: () => 0.999_999, delays });
    };
    for (let n = 0; n < 7; n += 1) {
      take({ type: 'opened' });
      nowMs += 500;
      take({ type: 'lost', error: null, retryInMs: null });
      waits.push(Math.round(((state as { untilMs?: number }).untilMs ?? 0) - nowMs));
      take({ type: 'due' });
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });
});
