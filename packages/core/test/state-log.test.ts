import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '@rt/core';
import { maxHeldOver, StateLog } from '@rt/core';
import { ReferenceState } from './reference-state.ts';

const subjects = ['a', 'b', 'c', 'd', 'e'] as const;

const change = fc.record({
  type: fc.constant('change' as const),
  subject: fc.constantFrom(...subjects),
  removes: fc.constantFrom(false, false, true),
  size: fc.integer({ min: 1, max: 9 }),
});

const step = fc.oneof(
  { weight: 12, arbitrary: change },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 600 }) }) },
  { weight: 1, arbitrary: fc.constant({ type: 'hand out' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'trim' as const }) },
);

const limits = fc.record({
  count: fc.constantFrom(0, 1, 2, 3, Infinity),
  chars: fc.constantFrom(1, 5, 12, Infinity),
  upTo: fc.integer({ min: 0, max: 120 }),
  least: fc.constantFrom(0, 0, 5, 30),
});

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** A log beside its reference, with one clock for both. */
class Bench {
  readonly log: StateLog;
  readonly reference: ReferenceState;
  readonly #live: boolean;
  now = 0;

  constructor(keep: { readonly count: number; readonly forMs: number }, live: boolean) {
    this.log = new StateLog('e', { ...keep, newestOnly: true });
    this.reference = new ReferenceState(keep);
    this.#live = live;
    if (live) this.log.handedOut = 0;
  }

  take(next: Step): void {
    if (next.type === 'change') {
      const about = { subject: next.subject, removes: next.removes };
      const payload = `${next.subject}${this.reference.top + 1}`.padEnd(next.size, '.');
      const entry = this.log.append(payload, this.now, about);
      expect(entry).toEqual({ offset: this.reference.top + 1, payload, atMs: this.now, about });
      this.reference.append(entry);
    } else if (next.type === 'pass') this.now += next.ms;
    else if (next.type === 'trim') this.log.trim(this.now);
    else if (this.#live) this.log.handedOut = this.log.top;
    this.reference.at(this.now);
  }
}

/** A schedule with the keep rules under which it is played, with or without live readers. */
const schedule = fc.record({
  steps: fc.array(step, { maxLength: 60, size: 'max' }),
  count: fc.integer({ min: 1, max: 4 }),
  forMs: fc.integer({ min: 1, max: 1500 }),
  live: fc.boolean(),
});

describe('state log', () => {
  // RT-STATE-1, RT-STATE-3
  test('tells what a naive list would: its extent, and from every place what stands', () => {
    fc.assert(
      fc.property(schedule, ({ steps, live, ...keep }) => {
        const bench = new Bench(keep, live);
        const { log, reference } = bench;
        for (const next of steps) {
          bench.take(next);
          const { floor, top } = reference;
          expect(log.head(bench.now)).toEqual({ epoch: 'e', floor, top, newestOnly: true });
          expect(log.base).toBeLessThanOrEqual(floor);
          expectReads(bench);
        }
        log.trim(bench.now);
        // With nobody to wait for it holds what it tells.
        if (!live) expect(log.read(0).entries).toEqual(reference.after(0));
      }),
      { numRuns: 200 },
    );
  });

  test('reads no more than it is asked for, and says where to read on', () => {
    fc.assert(
      fc.property(schedule, limits, ({ steps, live, ...keep }, asked) => {
        const bench = new Bench(keep, live);
        for (const next of steps) bench.take(next);
        const { log } = bench;
        for (let place = 0; place <= log.top; place += 1) {
          const all = log.read(place).entries.filter(({ offset }) => offset <= asked.upTo);
          const taken = naivelyTaken(all, asked);
          const end = Math.max(place, Math.min(asked.upTo, log.top));
          const to = taken.length < all.length ? Math.max(place, asked.least, taken.at(-1)?.offset ?? 0) : end;
          expect(log.read(place, asked)).toEqual({ entries: taken, to });
        }
      }),
      { numRuns: 200 },
    );
  });

  // RT-STATE-4
  test('knows of each subject whether a reader at some place has seen the newest', () => {
    fc.assert(
      fc.property(schedule, ({ steps, live, ...keep }) => {
        const bench = new Bench(keep, live);
        const { log, reference } = bench;
        for (const next of steps) {
          bench.take(next);
          for (const subject of [...subjects, 'never']) {
            const newest = reference.newestOf(subject);
            const kept = newest !== undefined && reference.keeps(newest);
            for (let place = 0; place <= log.top; place += 1) {
              const seen = newest === undefined || newest.offset <= place;
              // Never a yes that is not true; a no that is not true only where nobody can know any more.
              const known = kept || (newest === undefined ? place >= log.base : place >= reference.floor);
              expect(log.isNewest(place, subject)).toBe(seen && (known || log.isNewest(place, subject)));
            }
            expect(log.isNewest(log.top + 1, subject)).toBe(false);
          }
          expect([log.isNewest(log.top, null), log.isNewest(log.top - 1, null)]).toEqual([true, false]);
          for (const subject of subjects) {
            const newest = reference.newestOf(subject);
            const held = newest !== undefined && (reference.keeps(newest) || log.base < newest.offset);
            expect(log.newest(subject)).toEqual(held ? newest : null);
            expect(log.has(subject)).toBe(newest?.about?.removes === false);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  // RT-STATE-1
  test('whoever reads on from 0 in parts while it changes ends with exactly what is true', () => {
    fc.assert(
      fc.property(
        schedule,
        fc.array(fc.nat({ max: 4 }), { maxLength: 20, size: 'max' }),
        ({ steps, live, ...keep }, sizes) => {
          const bench = new Bench(keep, live);
          const [reader, pager] = [newReader(), newReader()];
          steps.forEach((next, index) => {
            bench.take(next);
            const count = sizes[index % Math.max(1, sizes.length)] ?? 1;
            readOn(bench.log, reader, count);
            readPage(bench, pager, count);
          });
          // Nothing comes any more: neither is sent back to the start again and again.
          for (let n = 0; n <= subjects.length; n += 1) {
            readOn(bench.log, reader, 1);
            readPage(bench, pager, 1);
          }
          expect([reader.place, reader.state]).toEqual([bench.log.top, bench.reference.state()]);
          expect([pager.place, pager.state]).toEqual([bench.log.top, bench.reference.state()]);
        },
      ),
      { numRuns: 500 },
    );
  });

  // RT-STATE-5
  test('holds removals that live readers have not been handed, but never more than its bound', () => {
    const log = new StateLog('e', { count: 3, forMs: 1000, newestOnly: true });
    log.handedOut = 0;
    for (let n = 1; n <= 3 + maxHeldOver; n += 1) log.append('x', 0, { subject: `${n}`, removes: true });
    expect([log.base, log.size, log.head(0).floor]).toEqual([0, 3 + maxHeldOver, maxHeldOver]);
    log.append('x', 0, { subject: 'more', removes: true });
    expect([log.base, log.size]).toEqual([1, 3 + maxHeldOver]);
    log.trim(5000);
    expect([log.base, log.size, log.head(5000).floor]).toEqual([1, 3 + maxHeldOver, log.top]);
    log.handedOut = log.top;
    log.trim(0);
    expect([log.size, log.subjects]).toEqual([3, 0]);
    log.trim(5000);
    expect(log.size).toBe(0);
  });

  // RT-STATE-3
  test('a removal is kept for exactly its time', () => {
    const log = new StateLog('e', { count: 9, forMs: 1000, newestOnly: true });
    log.append('a', 0, { subject: 'a', removes: true });
    expect([log.head(999).floor, log.head(1000).floor]).toEqual([0, 1]);
    log.trim(999);
    expect([log.base, log.read(0).entries.length, log.isNewest(0, 'b')]).toEqual([0, 1, true]);
    log.trim(1000);
    expect([log.base, log.read(0).entries.length, log.isNewest(0, 'b')]).toEqual([1, 0, false]);
  });

  test('its floor does not go back when what was removed comes again', () => {
    const log = new StateLog('e', { count: 1, forMs: 1000, newestOnly: true });
    log.append('a', 0, { subject: 'a', removes: true });
    expect(log.head(2000).floor).toBe(1);
    log.append('a', 2000, { subject: 'a', removes: false });
    expect(log.head(2000).floor).toBe(1);
    log.handedOut = 0;
    for (const subject of ['b', 'c', 'd']) log.append(subject, 3000, { subject, removes: true });
    expect(log.head(3000).floor).toBe(4);
    log.append('d', 3000, { subject: 'd', removes: false });
    expect(log.head(3000).floor).toBe(4);
  });

  // RT-STATE-5
  test('holds what stands and no more, however often it changes', () => {
    const log = new StateLog('e', { count: 10, forMs: 1000, newestOnly: true });
    log.append('still', 0, { subject: 'still', removes: false });
    for (let n = 1; n < 10_000; n += 1) log.append(`${n}`, n, { subject: `${n % 7}`, removes: n % 5 === 0 });
    expect(log.size).toBe(8);
    const offsets = [1, 9994, 9995, 9996, 9997, 9998, 9999, 10_000];
    expect(log.read(0).entries.map(({ offset }) => offset)).toEqual(offsets);
    expect(log.newest(null)?.offset).toBe(10_000);
  });
});

function expectReads({ log, reference }: Bench): void {
  const kept = reference.after(0);
  const newest = new Map(reference.all.map((entry) => [entry.about?.subject, entry]));
  for (let place = 0; place <= reference.top; place += 1) {
    expect(log.holds(place)).toBe(place === 0 || place >= log.base);
    const { entries, to } = log.read(place);
    const held = entries.filter((entry) => !kept.includes(entry) && newest.get(entry.about?.subject) === entry);
    const after = kept.filter(({ offset }) => offset > place);
    expect([to, entries.length]).toEqual([reference.top, after.length + held.length]);
    expect(entries.filter((entry) => !held.includes(entry))).toEqual(after);
    for (const { about, offset } of held) expect([about?.removes, offset <= reference.floor]).toEqual([true, true]);
  }
}

function naivelyTaken(
  all: readonly Entry[],
  { count, chars, least }: { readonly count: number; readonly chars: number; readonly least: number },
): readonly Entry[] {
  const taken: Entry[] = [];
  for (const entry of all) {
    const size = [...taken, entry].reduce((sum, { payload }) => sum + payload.length, 0);
    const full = taken.length >= count || (size > chars && taken.length > 0);
    if (full && entry.offset > least) break;
    taken.push(entry);
  }
  return taken;
}

interface Reader {
  place: number;
  /** What the top was when it began at 0. */
  since: number;
  readonly state: Map<string, string>;
}

function newReader(): Reader {
  return { place: 0, since: 0, state: new Map() };
}

function apply({ state }: Reader, entries: readonly Entry[]): void {
  for (const { about, payload } of entries) {
    if (about?.removes === true) state.delete(about.subject);
    else state.set(about?.subject ?? '', payload);
  }
}

/** One part, as a connection reads that knows when it began; from 0 again, with nothing known, where that is not held. */
function readOn(log: StateLog, reader: Reader, count: number): void {
  if (!log.holds(reader.place, reader.since)) {
    reader.place = 0;
    reader.state.clear();
  }
  if (reader.place === 0) reader.since = log.top;
  const { entries, to } = log.read(reader.place, { count });
  apply(reader, entries);
  reader.place = to;
}

/** One page, as somebody asks for it who has nothing but a place. */
function readPage({ log, now }: Bench, reader: Reader, count: number): void {
  const { floor } = log.head(now);
  if (reader.place < floor) {
    reader.place = 0;
    reader.state.clear();
  }
  const { entries, to } = log.read(reader.place, { count, least: floor });
  expect(to).toBeGreaterThanOrEqual(Math.max(floor, reader.place));
  apply(reader, entries);
  reader.place = to;
}
