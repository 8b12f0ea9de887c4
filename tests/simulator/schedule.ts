import type { Chance } from './chance.ts';
import { createChance } from './chance.ts';
import type { Where } from './client.ts';
import type { Place } from './gates.ts';
import type { PublishedEvent } from './wish.ts';
import { places, presencePlaces } from './gates.ts';
import type { Operation } from './permissions.ts';
import type { Setup } from './setup.ts';
import { planSetup } from './setup.ts';
import type { Notices } from './wire-end.ts';

/** What happens next. Numbers choose among what there is when it happens, so that steps can be left out. */
export type Act =
  | { readonly type: 'publish'; readonly channel: number; readonly event: PublishedEvent; readonly count: number }
  | {
      readonly type: 'say';
      readonly client: number;
      readonly channel: number;
      readonly event: PublishedEvent;
      readonly keyed: boolean;
      /** Whether it has to be the next one after the place that the client has seen. */
      readonly after: boolean;
    }
  | { readonly type: 'repeat'; readonly client: number; readonly wish: number }
  | { readonly type: 'subscribe'; readonly client: number; readonly channel: number; readonly where: Where }
  | { readonly type: 'seek'; readonly client: number; readonly channel: number; readonly where: Where }
  | { readonly type: 'unsubscribe'; readonly client: number; readonly channel: number }
  | {
      readonly type: 'ask';
      readonly client: number;
      readonly channel: number;
      readonly what: 'ping' | 'refresh' | 'send' | 'members';
    }
  | { readonly type: 'enter'; readonly client: number; readonly channel: number }
  | { readonly type: 'exit'; readonly client: number; readonly channel: number }
  | { readonly type: 'quit'; readonly client: number }
  | {
      readonly type: 'history';
      readonly client: number;
      readonly channel: number;
      readonly where: Where;
      readonly limit: number;
    }
  | { readonly type: 'hold'; readonly wire: number; readonly way: 'down' | 'up' }
  | { readonly type: 'hold-next'; readonly way: 'down' | 'up' }
  | { readonly type: 'flow' | 'notice'; readonly wire: number }
  | { readonly type: 'deliver'; readonly wire: number; readonly count: number }
  | { readonly type: 'cut'; readonly wire: number; readonly notices: Notices }
  | { readonly type: 'late'; readonly place: Place; readonly late: boolean }
  | { readonly type: 'release'; readonly gate: number; readonly fails: boolean }
  | { readonly type: 'pass'; readonly ms: number }
  | {
      readonly type: 'permit';
      readonly client: number;
      readonly channel: number;
      readonly operation: Operation;
      readonly allowed: boolean;
      /** Whether the client comes with a new token after it. */
      readonly refreshes: boolean;
    }
  | { readonly type: 'revoke'; readonly client: number; readonly channel: number }
  | { readonly type: 'disconnect'; readonly client: number }
  | { readonly type: 'close'; readonly withinMs: number }
  | { readonly type: 'start'; readonly loses: boolean }
  | { readonly type: 'turn' };

/** An act, and how much of what follows from it happens before the next one. */
export interface Step {
  readonly act: Act;
  /** How many microtasks run; `null` for all there are. */
  readonly ticks: number | null;
  readonly turn: boolean;
}

/** A whole run: the same seed is the same run. */
export interface Schedule {
  readonly seed: number;
  readonly setup: Setup;
  readonly steps: readonly Step[];
}

/** Makes the schedule of a seed. */
export function plan(seed: number): Schedule {
  const chance = createChance(seed);
  const later = createChance(seed ^ 0x2f6e2b1);
  const setup = planSetup(chance, later);
  // Some schedules know few kinds of trouble, so that what comes of each is also seen alone.
  const trouble = {
    network: chance.odds(0.8),
    late: chance.odds(0.5),
    permissions: chance.odds(0.4),
    hubs: chance.odds(0.35),
  };
  const acts = weights({ ...trouble, presence: setup.presence !== null });
  const length = chance.oneOf([10, 20, 20, 30, 40, 60]);
  let before: Who | null = null;
  const steps = Array.from({ length }, (): Step => {
    const made = chance.weighted(acts)(chance, setup);
    // Much comes only of several things that happen to one client in one channel.
    const same: Act = setup.presence !== null && before !== null && later.odds(0.5) ? alike(made, before) : made;
    const act = varied(same, setup, later);
    before = 'client' in act && 'channel' in act ? act : before;
    return { act, ticks: chance.oneOf([null, null, null, 0, 1, 2, 3, 5, 8]), turn: chance.odds(0.4) };
  });
  return { seed, setup, steps };
}

type Maker = (chance: Chance, setup: Setup) => Act;

interface Trouble {
  readonly network: boolean;
  readonly late: boolean;
  readonly permissions: boolean;
  readonly hubs: boolean;
  readonly presence: boolean;
}

function weights({ network, late, permissions, hubs, presence }: Trouble): readonly (readonly [number, Maker])[] {
  const when = (there: boolean, weight: number): number => (there ? weight : 0);
  return [
    [10, (chance, { channels }) => publish(chance, channels.length)],
    [
      4,
      (chance) => ({
        type: 'say',
        ...who(chance),
        event: chance.oneOf(['said', 'said', 'checked']),
        keyed: chance.odds(0.8),
        after: false,
      }),
    ],
    [1, (chance) => ({ type: 'repeat', client: chance.below(99), wish: chance.below(99) })],
    [3, (chance) => ({ type: 'subscribe', ...who(chance), where: anywhere(chance) })],
    [3, (chance) => ({ type: 'unsubscribe', ...who(chance) })],
    [1, (chance) => ({ type: 'seek', ...who(chance), where: anywhere(chance) })],
    [2, (chance) => ({ type: 'ask', ...who(chance), what: chance.oneOf(['ping', 'refresh', 'send']) })],
    [2, (chance) => ({ type: 'history', ...who(chance), where: anywhere(chance), limit: chance.oneOf([1, 3, 100]) })],
    [3, () => ({ type: 'turn' })],
    [3, (chance) => ({ type: 'pass', ms: chance.oneOf([1, 500, 1500, 1500, 6000, 30_000]) })],
    [
      when(network, 4),
      (chance) => ({ type: 'hold', wire: chance.below(99), way: chance.oneOf(['down', 'down', 'up']) }),
    ],
    [when(network, 1), (chance) => ({ type: 'hold-next', way: chance.oneOf(['down', 'up']) })],
    [when(network, 3), (chance) => ({ type: 'flow', wire: chance.below(99) })],
    [when(network, 4), (chance) => ({ type: 'deliver', wire: chance.below(99), count: 1 + chance.below(3) })],
    [when(network, 4), (chance) => ({ type: 'cut', wire: chance.below(99), notices: notices(chance) })],
    [when(network, 2), (chance) => ({ type: 'notice', wire: chance.below(99) })],
    [when(late, 4), (chance) => ({ type: 'late', place: placeFor(chance, presence), late: chance.odds(0.7) })],
    [when(late, 8), (chance) => ({ type: 'release', gate: chance.below(99), fails: chance.odds(0.15) })],
    [when(permissions, 3), (chance) => ({ type: 'permit', ...who(chance), ...permission(chance, presence) })],
    [when(permissions, 3), (chance) => ({ type: 'revoke', ...who(chance) })],
    [when(permissions, 0.7), (chance) => ({ type: 'disconnect', client: chance.below(99) })],
    [when(hubs, 1), (chance) => ({ type: 'close', withinMs: chance.oneOf([0, 1000, 10_000]) })],
    [when(hubs, 2), (chance) => ({ type: 'start', loses: chance.odds(0.5) })],
    [when(presence, 8), (chance) => ({ type: 'enter', ...who(chance) })],
    [when(presence, 2), (chance) => ({ type: 'exit', ...who(chance) })],
    [when(presence, 1.5), (chance) => ({ type: 'ask', ...who(chance), what: 'members' })],
    [when(presence, 1), (chance) => ({ type: 'quit', client: chance.below(99) })],
    [when(presence, 1), (chance) => ({ type: 'ask', ...who(chance), what: 'refresh' })],
    // Longer than departures are remembered.
    [when(presence, 0.4), () => ({ type: 'pass', ms: 70_000 })],
  ];
}

interface Who {
  readonly client: number;
  readonly channel: number;
}

/** The same act with the client and the channel of another. */
function alike(act: Act, { client, channel }: Who): Act {
  if (!('client' in act)) return act;
  return 'channel' in act ? { ...act, client, channel } : { ...act, client };
}

/** The same act with what came later into the world. */
function varied(act: Act, { races, waves }: Setup, chance: Chance): Act {
  if (act.type !== 'publish' && act.type !== 'say') return act;
  if (waves && chance.odds(0.25)) return { ...act, event: 'waved' };
  return act.type === 'say' && races ? { ...act, after: chance.odds(0.6) } : act;
}

function who(chance: Chance): Who {
  return { client: chance.below(99), channel: chance.below(99) };
}

function publish(chance: Chance, channels: number): Act {
  // Now and then more than a log ever holds over.
  const count = chance.odds(0.002) ? 1300 : chance.oneOf([1, 1, 2, 3, 8]);
  return {
    type: 'publish',
    channel: chance.below(channels),
    event: chance.oneOf(['said', 'said', 'said', 'checked']),
    count,
  };
}

function placeFor(chance: Chance, presence: boolean): Place {
  return presence && chance.odds(0.3) ? chance.oneOf(presencePlaces) : chance.oneOf(places);
}

function permission(
  chance: Chance,
  presence: boolean,
): Pick<Extract<Act, { readonly type: 'permit' }>, 'operation' | 'allowed' | 'refreshes'> {
  const operation =
    presence && chance.odds(0.5)
      ? chance.oneOf<Operation>(['enter', 'enter', 'members'])
      : chance.oneOf<Operation>(['subscribe', 'subscribe', 'publish']);
  return { operation, allowed: chance.odds(0.4), refreshes: presence && chance.odds(0.3) };
}

function notices(chance: Chance): Notices {
  return chance.oneOf(['both', 'both', 'client', 'client', 'server', 'nobody']);
}

function anywhere(chance: Chance): Where {
  return chance.weighted<Where>([
    [6, { type: 'resume' }],
    [2, { type: 'live' }],
    [2, { type: 'start' }],
    [2, { type: 'last', count: 2 }],
    [1, { type: 'beyond', by: 1 + chance.below(5) }],
    [1, { type: 'forged' }],
  ]);
}
