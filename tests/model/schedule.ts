import fc from 'fast-check';

/** Where a subscriber asks to begin, in terms of the model. */
export type Begin = 'live' | 'start' | 'resume' | 'trimmed' | 'ahead' | 'epoch' | { readonly last: number };
/** One thing that happens. */
export type Step =
  | { readonly type: 'publish'; readonly count: number; readonly size: number }
  | { readonly type: 'subscribe'; readonly begin: Begin; readonly back: number }
  | { readonly type: 'stop' | 'read' | 'leave'; readonly peer: number }
  | { readonly type: 'turns'; readonly count: number }
  | { readonly type: 'pass'; readonly ms: number };

const peerNumber = fc.nat({ max: 1000 });
/** Anything that may happen. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('publish' as const),
      count: fc.integer({ min: 1, max: 30 }),
      size: fc.constantFrom(1, 1, 1, 100_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('subscribe' as const),
      begin: fc.oneof(
        fc.constantFrom<Begin>('live', 'start', 'resume', 'resume', 'trimmed', 'ahead', 'epoch'),
        fc.record({ last: fc.integer({ min: 1, max: 30 }) }),
      ),
      back: fc.nat({ max: 20 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom('stop' as const, 'read' as const, 'leave' as const),
      peer: peerNumber,
    }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3000 }) }) },
);

/** Schedules that once broke it. */
export const nasty: readonly (readonly [string, readonly Step[]])[] = [
  [
    'a publication between a subscription and its first turn trims what it was promised',
    [
      { type: 'publish', count: 1, size: 1 },
      { type: 'subscribe', begin: { last: 1 }, back: 0 },
      { type: 'publish', count: 1, size: 1 },
    ],
  ],
  [
    'a subscription begins within what has not been handed out yet',
    [
      { type: 'subscribe', begin: 'live', back: 0 },
      { type: 'publish', count: 2, size: 1 },
      { type: 'subscribe', begin: { last: 1 }, back: 0 },
      { type: 'publish', count: 1, size: 1 },
    ],
  ],
  [
    'more comes within one turn than a log may hold: whoever was at its top is told the gap',
    [
      { type: 'subscribe', begin: 'live', back: 0 },
      { type: 'publish', count: 1300, size: 1 },
      { type: 'turns', count: 3 },
    ],
  ],
  [
    'a channel is let go and followed anew within one turn',
    [
      { type: 'subscribe', begin: 'live', back: 0 },
      { type: 'publish', count: 1, size: 1 },
      { type: 'leave', peer: 0 },
      { type: 'subscribe', begin: 'live', back: 0 },
      { type: 'publish', count: 1, size: 1 },
    ],
  ],
];
