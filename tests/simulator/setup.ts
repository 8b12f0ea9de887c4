import type { Chance } from './chance.ts';
import type { Kind, Where } from './client.ts';
import type { PollStyle } from './poll-client.ts';

/** One client of a schedule. */
export interface ClientPlan {
  readonly kind: Kind;
  /** Which of the channels it follows from the beginning. */
  readonly channels: readonly number[];
  readonly where: Where;
  readonly poll: PollStyle;
  /** Whether it says with a token who it is. */
  readonly token: boolean;
  /** Whose client it is, by number: a user may have several. */
  readonly user: number;
  /** Whether it wants to be told who is there. */
  readonly watches: boolean;
  /** Whether it has a name that it keeps. */
  readonly named: boolean;
  /** Whether it is a member from the beginning. */
  readonly enters: boolean;
}

/** Who is there, and how it is told. */
export interface PresenceSetup {
  readonly graceMs: number;
  readonly listUpTo: number;
  readonly mergeMs: number;
  /** How long users stay online, and channels occupied. */
  readonly onlineGraceMs: number;
  /** How many members without a connection there are in each channel. */
  readonly crowd: number;
}

/** What stays the same during a run. */
export interface Setup {
  readonly channels: readonly string[];
  readonly keep: { readonly count: number; readonly forMs: number };
  readonly slow: 'resume' | 'conflate' | 'close';
  /** The shortest time from one batch to the next. */
  readonly everyMs: number;
  /** Whether clients publish after the place that they have seen. */
  readonly races: boolean;
  /** Whether some of what is published is ephemeral. */
  readonly waves: boolean;
  /** `false` for none: then dead peers are found by the network alone. */
  readonly heartbeatMs: number | false;
  readonly forgetAfterMs: number;
  readonly tokensExpireInMs: number | null;
  /** How many writes a wire takes that does not flow. */
  readonly room: number;
  /** `null` for no presence. */
  readonly presence: PresenceSetup | null;
  readonly clients: readonly ClientPlan[];
}

/** Makes what stays the same in a run. Whatever is not as old as the simulator is chosen by another chance, so that old seeds stay what they are. */
export function planSetup(chance: Chance, later: Chance): Setup {
  const channels = chance.oneOf([['room:1'], ['wide:1'], ['room:1', 'wide:1'], ['room:1', 'room:2', 'wide:1']]);
  const kinds: readonly [Kind, ...Kind[]] = ['stream', 'poll', 'websocket', 'websocket', 'sse', 'long-poll', 'post'];
  const clients = Array.from({ length: chance.oneOf([1, 2, 2, 3, 3, 4]) }, (_, index): ClientPlan => {
    const first = chance.below(channels.length);
    return {
      kind: chance.oneOf(kinds),
      channels: chance.odds(0.4) ? channels.map((_, index) => index) : [first],
      where: chance.oneOf<Where>([
        { type: 'resume' },
        { type: 'resume' },
        { type: 'start' },
        { type: 'last', count: 2 },
      ]),
      poll: { waitS: chance.oneOf([null, 0, 1, 5]), limit: chance.oneOf([1, 2, 100]) },
      token: chance.odds(0.2),
      user: index,
      watches: false,
      named: false,
      enters: false,
    };
  });
  const plain: Setup = {
    channels,
    keep: { count: chance.oneOf([1, 2, 3, 5, 50]), forMs: chance.oneOf([1000, 5000, 60_000]) },
    slow: chance.odds(0.15) ? 'close' : 'resume',
    heartbeatMs: chance.oneOf<number | false>([false, 8000, 8000]),
    forgetAfterMs: chance.oneOf([1000, 3_600_000]),
    tokensExpireInMs: chance.oneOf([null, null, 2000]),
    room: chance.oneOf([1, 2, 4]),
    everyMs: 0,
    races: false,
    waves: false,
    presence: null,
    clients,
  };
  const more = later.odds(0.5) ? withPresence(plain, later) : plain;
  return later.odds(0.4) ? withStates(more, later) : more;
}

/** With a channel that keeps the newest of each key, and what goes with that. */
function withStates(plain: Setup, chance: Chance): Setup {
  const state = plain.channels.length;
  const there = chance.odds(0.7);
  const alone = chance.odds(0.3);
  const channels = (own: readonly number[]): readonly number[] => (alone ? [state] : [...own, state]);
  return {
    ...plain,
    channels: there ? [...plain.channels, 'state:1'] : plain.channels,
    slow: chance.odds(0.5) ? 'conflate' : plain.slow,
    everyMs: chance.oneOf([0, 0, 500, 2000]),
    races: chance.odds(0.5),
    waves: chance.odds(0.5),
    clients: plain.clients.map((client) =>
      there && chance.odds(0.8) ? { ...client, channels: channels(client.channels) } : client,
    ),
  };
}

function withPresence(plain: Setup, chance: Chance): Setup {
  const sessions: readonly [Kind, ...Kind[]] = ['websocket', 'websocket', 'sse', 'long-poll'];
  const clients = plain.clients.map((client, index): ClientPlan => {
    const talks = client.kind !== 'stream' && client.kind !== 'poll' && client.kind !== 'post';
    return {
      ...client,
      kind: talks || chance.odds(0.3) ? client.kind : chance.oneOf(sessions),
      user: index > 0 && chance.odds(0.35) ? index - 1 : index,
      watches: chance.odds(0.75),
      named: chance.odds(0.75),
      enters: chance.odds(0.5),
    };
  });
  const crowd = chance.odds(0.02) ? 100 : 0;
  const presence: PresenceSetup = {
    graceMs: chance.oneOf([0, 400, 3000]),
    listUpTo: crowd > 0 ? chance.oneOf([101, 500]) : chance.oneOf([1, 2, 3, 500, 500]),
    mergeMs: chance.oneOf([0, 250, 2000]),
    onlineGraceMs: chance.oneOf([0, 2000]),
    crowd,
  };
  return { ...plain, presence, clients };
}
