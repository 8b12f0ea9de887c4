import fc from 'fast-check';

/** One thing that happens. Numbers choose among what is there; steps that find nothing to do are nothing. */
export type PresenceStep =
  | { readonly type: 'connect'; readonly user: number; readonly client: number }
  /** `along` is what comes in the same moment, before the rule has answered. */
  | {
      readonly type: 'enter';
      readonly tab: number;
      readonly place: number;
      readonly state: number;
      readonly along: 'nothing' | 'cut' | 'close' | 'revoke' | 'deny' | 'disconnect';
    }
  | { readonly type: 'leave' | 'unsubscribe' | 'remember'; readonly tab: number; readonly place: number }
  | { readonly type: 'observe'; readonly tab: number; readonly place: number; readonly from: number | null }
  | { readonly type: 'cut' | 'close' | 'stop' | 'read' | 'refresh'; readonly tab: number }
  /** All tabs enter, or all but a few leave. */
  | { readonly type: 'crowd' | 'thin'; readonly place: number; readonly state: number }
  /** The rule allows it no more, or again. */
  | { readonly type: 'deny'; readonly user: number; readonly place: number; readonly what: 'enter' | 'members' }
  | { readonly type: 'revoke'; readonly user: number; readonly place: number }
  | { readonly type: 'disconnect'; readonly user: number }
  | { readonly type: 'turn' | 'check' | 'quiet' }
  | { readonly type: 'pass'; readonly ms: number };

const some = fc.nat({ max: 1000 });
const place = fc.nat({ max: 1 });

/** Anything that may happen. */
export const presenceStep: fc.Arbitrary<PresenceStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('connect' as const), user: some, client: fc.nat({ max: 3 }) }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('enter' as const),
      tab: some,
      place,
      state: fc.nat({ max: 2 }),
      along: fc.constantFrom(
        'nothing',
        'nothing',
        'nothing',
        'nothing',
        'cut',
        'close',
        'revoke',
        'deny',
        'disconnect',
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('leave' as const), tab: some, place }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('unsubscribe' as const), tab: some, place }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('remember' as const), tab: some, place }) },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('observe' as const), tab: some, place, from: fc.option(some) }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('cut' as const, 'cut', 'close'), tab: some }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom('crowd' as const, 'thin'), place, state: fc.nat({ max: 2 }) }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom('stop' as const, 'read'), tab: some }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('refresh' as const), tab: some }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('deny' as const),
      user: some,
      place,
      what: fc.constantFrom('enter' as const, 'members'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('revoke' as const), user: some, place }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('disconnect' as const), user: some }) },
  { weight: 10, arbitrary: fc.record({ type: fc.constantFrom('turn' as const, 'turn', 'check', 'check', 'quiet') }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.constantFrom(1, 5, 20, 35, 60, 70_000) }),
  },
);
