import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '@rt/core';
import { locate, Log, maxHeldOver } from '@rt/core';

const step = fc.oneof(
  { weight: 6, arbitrary: fc.constant('append' as const) },
  fc.integer({ min: 1, max: 500 }).map((ms) => ({ type: 'pass' as const, ms })),
  fc.constant('hand out' as const),
  fc.constant('trim' as const),
);

describe('log', () => {
  // RT-LIMIT-1
  test('tells and holds what a naive list would, within its bounds', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 1500 }),
        fc.boolean(),
        (steps, count, forMs, live) => {
          const log = new Log('e', { count, forMs });
          if (live) log.handedOut = 0;
          const all: Entry[] = [];
          let now = 0;
          for (const next of steps) {
            if (next === 'append') {
              all.push({ offset: all.length + 1, payload: `p${all.length + 1}`, atMs: now, about: null });
              expect(log.append(`p${all.length}`, now)).toEqual(all.at(-1));
            } else if (next === 'hand out') {
              if (live) log.handedOut = log.top;
            } else if (next === 'trim') log.trim(now);
            else now += next.ms;
            const kept = all.filter(({ offset, atMs }) => offset > all.length - count && atMs > now - forMs);
            const floor = all.length - kept.length;
            expect(log.head(now)).toEqual({ epoch: 'e', floor, top: all.length, newestOnly: false });
            expect(log.read(floor).entries).toEqual(kept);
            expect(log.read(log.base).entries).toEqual(all.slice(log.base));
            expect(log.base).toBeLessThanOrEqual(floor);
            expect(log.size).toBeLessThanOrEqual(count + maxHeldOver);
            if (!live || log.handedOut === log.top)
              expect(log.size).toBeLessThanOrEqual(Math.max(count, log.top - log.base));
          }
          log.trim(now);
          if (!live) expect(log.base).toBe(log.head(now).floor);
        },
      ),
      { numRuns: 500 },
    );
  });

  // RT-LIMIT-1
  test('holds what live readers have not been handed, but never more than its bound', () => {
    const log = new Log('e', { count: 3, forMs: 1000 });
    log.handedOut = 0;
    for (let n = 1; n <= 3 + maxHeldOver; n += 1) log.append('x', 0);
    expect([log.base, log.size, log.head(0).floor]).toEqual([0, 3 + maxHeldOver, maxHeldOver]);
    log.append('x', 0);
    expect([log.base, log.size]).toEqual([1, 3 + maxHeldOver]);
    log.handedOut = log.top;
    log.trim(0);
    expect(log.size).toBe(3);
  });

  test('takes by characters, but always at least one', () => {
    const log = new Log('e', { count: 10, forMs: 1000 });
    for (const payload of ['aaaa', 'bb', 'cc', 'dddddddd']) log.append(payload, 0);
    const taken = (after: number, chars: number): readonly number[] =>
      log.read(after, { count: 10, chars }).entries.map(({ offset }) => offset);
    expect(taken(0, 6)).toEqual([1, 2]);
    expect(taken(0, 1)).toEqual([1]);
    expect(taken(3, 1)).toEqual([4]);
    expect(taken(4, 1)).toEqual([]);
    expect(() => log.read(-1)).toThrow(RangeError);
  });
});

describe('locate', () => {
  const head = { epoch: 'e', floor: 4, top: 9, newestOnly: false };
  const after = (offset: number, epoch = 'e') => ({ type: 'after', position: { epoch, offset } }) as const;

  // RT-GAP-2, RT-GAP-3, RT-GAP-4
  test.each([
    [{ type: 'live' } as const, 9, null],
    [{ type: 'start' } as const, 4, null],
    [{ type: 'last', count: 2 } as const, 7, null],
    [{ type: 'last', count: 99 } as const, 4, null],
    [after(9), 9, null],
    [after(4), 4, null],
    [after(3), 4, 'trimmed'],
    [after(0), 4, 'trimmed'],
    [after(10), 9, 'ahead'],
    [after(6, 'f'), 4, 'epoch_changed'],
  ])('%j leads to %j with gap %j', (start, offset, gap) => {
    expect(locate(start, head)).toEqual({ offset, gap });
  });

  // RT-GAP-5
  test('a log that has lost all to age still vouches for a reader that had seen all', () => {
    expect(locate(after(9), { epoch: 'e', floor: 9, top: 9, newestOnly: false })).toEqual({ offset: 9, gap: null });
  });
});
