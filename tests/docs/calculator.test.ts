import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ablyBill, bytesPerMonth, messagesPerSecond, ownBill, pusherBill } from '../../docs/calculator/bill.ts';
import { bytes, count, cpu, usd } from '../../docs/calculator/figures.ts';
import { measured } from '../../docs/calculator/measured.ts';
import type { Need } from '../../docs/calculator/need.ts';
import { beginning, ranges, withinRanges } from '../../docs/calculator/need.ts';
import { presets } from '../../docs/calculator/presets.ts';
import { questions } from '../../docs/calculator/questions.ts';
import { recommend } from '../../docs/calculator/recommendation.ts';
import { loadsOf } from '../../docs/calculator/transport-load.ts';

const keys = Object.keys(ranges) as readonly (keyof Need)[];

/** Anything that a reader can bring into the fields. */
const typed = fc.record(
  Object.fromEntries(keys.map((key) => [key, fc.oneof(fc.double(), fc.integer(), fc.string(), fc.constant(null))])),
);
const needs: fc.Arbitrary<Need> = fc
  .record({
    clients: fc.integer({ min: 1, max: 1_000_000 }),
    channels: fc.integer({ min: 1, max: 1_000_000 }),
    channelsPerClient: fc.integer({ min: 1, max: 100 }),
    perSecond: fc.double({ min: 0, max: 1000, noNaN: true }),
    payloadBytes: fc.integer({ min: 0, max: 262_144 }),
    lateSeconds: fc.double({ min: 0, max: 3600, noNaN: true }),
    saysPerMinute: fc.double({ min: 0, max: 6000, noNaN: true }),
    hoursPerDay: fc.double({ min: 1, max: 24, noNaN: true }),
  })
  .map(withinRanges);

function numbersOf(need: Need): readonly number[] {
  return loadsOf(need, measured).flatMap((load) => {
    const { transport: _, ...numbers } = load;
    return [...Object.values(numbers), bytesPerMonth(need, load), ...Object.values(ownBill(need, load, measured))];
  });
}

/** A price where there is one, and more than any where there is none. */
function priced(bill: ReturnType<typeof ablyBill>): number {
  return bill?.usdPerMonth ?? Number.POSITIVE_INFINITY;
}

describe('whatever stands in the fields', () => {
  // RT-DOCS-6
  test('a need has every number, in its range', () => {
    fc.assert(
      fc.property(typed, (given) => {
        const need = withinRanges(given);
        for (const key of keys) {
          expect(need[key]).toBeGreaterThanOrEqual(ranges[key].least);
          expect(need[key]).toBeLessThanOrEqual(ranges[key].most);
        }
        expect(need.channelsPerClient).toBeLessThanOrEqual(need.channels);
      }),
    );
    expect(withinRanges({ clients: '' })).toEqual(beginning);
  });

  // RT-DOCS-6
  test('what comes out are numbers, and none is below zero', () => {
    fc.assert(
      fc.property(needs, (need) => {
        for (const number of numbersOf(need)) {
          expect(Number.isFinite(number)).toBe(true);
          expect(number).toBeGreaterThanOrEqual(0);
        }
        expect(Number.isFinite(messagesPerSecond(need))).toBe(true);
        expect([priced(pusherBill(need)), priced(ablyBill(need))]).not.toContain(Number.NaN);
      }),
    );
  });
});

// RT-DOCS-6
test('a larger audience never costs less', () => {
  fc.assert(
    fc.property(needs, fc.integer({ min: 1, max: 100_000 }), (need, more) => {
      const larger = withinRanges({ ...need, clients: need.clients + more });
      const now = numbersOf(need);
      for (const [index, number] of numbersOf(larger).entries()) {
        expect(number).toBeGreaterThanOrEqual((now[index] ?? Number.NaN) * (1 - 1e-9));
      }
      expect(priced(pusherBill(larger))).toBeGreaterThanOrEqual(priced(pusherBill(need)));
      expect(priced(ablyBill(larger))).toBeGreaterThanOrEqual(priced(ablyBill(need)));
    }),
  );
});

// RT-DOCS-6
test('who accepts more lateness never needs more of any transport', () => {
  fc.assert(
    fc.property(needs, fc.double({ min: 0.1, max: 1000, noNaN: true }), (need, more) => {
      const later = loadsOf(withinRanges({ ...need, lateSeconds: need.lateSeconds + more }), measured);
      for (const [index, { cores, bytesPerSecond }] of loadsOf(need, measured).entries()) {
        expect(later[index]?.cores).toBeLessThanOrEqual(cores * (1 + 1e-9));
        expect(later[index]?.bytesPerSecond).toBeLessThanOrEqual(bytesPerSecond * (1 + 1e-9));
      }
    }),
  );
});

// RT-DOCS-6
test.each([
  ['Dashboard', 'sse'],
  ['Chat', 'sse'],
  ['Live prices', 'sse'],
  ['Notices', 'poll'],
  ['Whiteboard', 'websocket'],
])('%s: %s', (name, transport) => {
  const need = new Map(presets).get(name) ?? beginning;
  expect(withinRanges(need)).toEqual(need);
  expect(recommend(need, measured).transport).toBe(transport);
});

// RT-DOCS-6
test('what may be late is asked for, unless asking takes more servers than pushing', () => {
  const late = withinRanges({ lateSeconds: 10 });
  expect(recommend(late, measured).transport).toBe('poll');
  expect(recommend({ ...late, lateSeconds: 4.9 }, measured).transport).toBe('sse');
  expect(recommend({ ...late, saysPerMinute: 60 }, measured).transport).toBe('websocket');
  const asking = recommend(
    { ...late, clients: 9000, channels: 100, channelsPerClient: 100, perSecond: 0.001 },
    measured,
  );
  expect(asking).toMatchObject({ transport: 'sse', because: expect.stringContaining('everyMs: 10000') });
});

// RT-DOCS-6
test('the arithmetic by hand', () => {
  const streams = { writeUs: 10, furtherUs: 1, writeBytes: 100, furtherBytes: 20, connectionKiB: 10 };
  const poll = { requestUs: 50, publicationUs: 1, answerBytes: 300, publicationBytes: 50 };
  const by = { command: 'by hand', measuredOn: '2026-11-25', machine: 'none', rounds: 1 };
  const costs = {
    streamsBy: by,
    pollsBy: by,
    websocket: streams,
    sse: streams,
    poll,
    publicationUs: 5,
    heldByOneProcess: 1000,
  };
  const need: Need = {
    clients: 3000,
    channels: 10,
    channelsPerClient: 2,
    perSecond: 4,
    payloadBytes: 80,
    lateSeconds: 0.5,
    saysPerMinute: 6,
    hoursPerDay: 10,
  };
  const loads = loadsOf(need, costs);
  // 3000 clients in 2 channels: 24,000 messages a second, in 12,000 writes; 300 times a second somebody says something.
  expect(loads[1]).toEqual({
    transport: 'sse',
    connections: 3000,
    requestsPerSecond: 300,
    deliveredPerSecond: 24_000,
    bytesPerSecond: 12_000 * 100 + 24_000 * 100 + 300 * 300,
    memoryBytes: 3000 * 10 * 1024,
    cores: (40 * 5 + 12_000 * 10 + 24_000 + 300 * 50) / 1e6,
  });
  expect(loads[0]).toMatchObject({ connections: 0, requestsPerSecond: 6300, memoryBytes: 0 });
  expect(loads[2]).toMatchObject({ transport: 'websocket', requestsPerSecond: 0 });
  expect(loads[1] && ownBill(need, loads[1], costs)).toMatchObject({ processes: 3, servers: 2 });
  // 24,340 messages a second, 36,000 seconds a day: more than any plan of either.
  expect(messagesPerSecond(need)).toBe(24_340);
  expect([pusherBill(need), ablyBill(need)]).toEqual([null, null]);
});

// RT-DOCS-6
test('traffic is bought with another server where that is cheaper than alone', () => {
  const need = withinRanges({ clients: 1000, perSecond: 1, hoursPerDay: 24, lateSeconds: 0, saysPerMinute: 0 });
  const load = recommend(need, measured).load;
  const at = (tib: number): ReturnType<typeof ownBill> =>
    ownBill(need, { ...load, bytesPerSecond: (tib * 1000 * 1024 ** 3) / (30 * 86_400) }, measured);
  // Two servers have 8000 GiB. Beyond, 1000 GiB are $10, and a server with 4000 GiB is $24.
  expect([at(8), at(9), at(11)].map(({ servers, usdPerMonth }) => [servers, Math.round(usdPerMonth)])).toEqual([
    [2, 48],
    [2, 58],
    [3, 72],
  ]);
});

// RT-DOCS-6
test('what the vendors would take, by hand', () => {
  const need: Need = {
    clients: 400,
    channels: 4,
    channelsPerClient: 1,
    perSecond: 0.05,
    payloadBytes: 100,
    lateSeconds: 0,
    saysPerMinute: 0,
    hoursPerDay: 10,
  };
  // 20.2 messages a second: 727,200 a day, 21,816,000 a month; 404 connections and channels for 18,000 minutes.
  expect(pusherBill(need)).toMatchObject({ plan: 'Startup', usdPerMonth: 49 });
  const used = 21.816 * 2.5 + 7.272;
  expect(ablyBill(need)?.plan).toBe('Standard');
  expect(ablyBill(need)?.usdPerMonth).toBeCloseTo(29 + used, 6);
  expect(ablyBill(need)?.leastUsdPerMonth).toBeCloseTo(29 + used / 5, 6);
  expect(ablyBill({ ...need, clients: 100, perSecond: 0.01 })).toMatchObject({ plan: 'Free', usdPerMonth: 0 });
});

// RT-DOCS-6
test('every number of a need is asked for', () => {
  expect(questions.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
});

// RT-DOCS-6
test('figures are short', () => {
  expect([0, 0.04, 0.25, 9.96, 1234.5].map(count)).toEqual(['0', '< 0.1', '0.3', '10', '1,235']);
  expect([0, 999, 999.6, 1500, 2.5e9, 4e18].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '1.5 kB',
    '2.5 GB',
    '4,000 PB',
  ]);
  expect([0.0123, 0.5, 1.25].map(cpu)).toEqual(['1.2 % of a core', '50 % of a core', '1.3 cores']);
  expect(usd(1234.4)).toBe('$1,234');
});
