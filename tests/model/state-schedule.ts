import fc from 'fast-check';

const keys = ['a', 'b', 'c', 'd', 'e', 'f'] as const;

/** How somebody follows a state. */
export type Way = 'stream' | 'session' | 'pages';

/** One thing that happens. */
export type StateStep =
  | { readonly type: 'publish'; readonly changes: readonly Said[] }
  | { readonly type: 'join'; readonly way: Way }
  | { readonly type: 'stop' | 'read' | 'leave' | 'return'; readonly reader: number }
  | { readonly type: 'page'; readonly reader: number; readonly limit: number }
  | { readonly type: 'turns'; readonly count: number }
  | { readonly type: 'pass'; readonly ms: number };

interface Said {
  readonly key: (typeof keys)[number];
  readonly removes: boolean;
  readonly size: number;
}

const reader = fc.nat({ max: 1000 });

const said: fc.Arbitrary<Said> = fc.record({
  key: fc.constantFrom(...keys),
  removes: fc.constantFrom(false, false, true),
  // Three of the large ones do not fit into one batch.
  size: fc.constantFrom(1, 1, 100_000),
});

const large = { removes: false, size: 100_000 };

/** Schedules that once broke it. */
export const nastyStates: readonly (readonly [string, readonly StateStep[]])[] = [
  [
    'a part of the state was made before a removal, and is given to one who begins anew after it',
    [
      { type: 'publish', changes: (['a', 'b', 'c'] as const).map((key) => ({ key, ...large })) },
      { type: 'join', way: 'stream' },
      {
        type: 'publish',
        changes: [
          { key: 'a', removes: true, size: 1 },
          { key: 'd', removes: false, size: 1 },
        ],
      },
      { type: 'pass', ms: 1 },
    ],
  ],
];

/** Anything that may happen. */
export const stateStep: fc.Arbitrary<StateStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('publish' as const),
      changes: fc.array(said, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('join' as const),
      way: fc.constantFrom<Way>('stream', 'session', 'pages'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom('stop' as const, 'read' as const, 'leave' as const, 'return' as const),
      reader,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('page' as const), reader, limit: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 800 }) }) },
);
