import type { RtError } from '@rt/protocol';

/** What a client's connection is at a moment. */
export type ConnectionState =
  /** Nobody has needed it yet. */
  | { readonly name: 'idle' }
  /** `attempt` counts the ones in a row that came to nothing. */
  | { readonly name: 'connecting'; readonly attempt: number }
  | { readonly name: 'open'; readonly attempt: number; readonly sinceMs: number }
  | { readonly name: 'waiting'; readonly attempt: number; readonly untilMs: number; readonly error: RtError | null }
  /** For good: by the app, or because the server has said never. */
  | { readonly name: 'closed'; readonly error: RtError | null };

/** What can happen to it. */
export type ConnectionInput =
  /** Somebody needs it. */
  | { readonly type: 'needed' }
  /** The server has taken the session. */
  | { readonly type: 'opened' }
  /** It was lost, or not reached. `retryInMs` is what the server has asked for; `null` leaves it to us. */
  | { readonly type: 'lost'; readonly error: RtError | null; readonly retryInMs: number | null }
  /** The server has said that it will not, whatever happens. */
  | { readonly type: 'refused'; readonly error: RtError }
  /** The wait is over. */
  | { readonly type: 'due' }
  /** There is a network again, or somebody looks at the page. */
  | { readonly type: 'woken' }
  /** There is no network, or the page goes into the browser's memory. */
  | { readonly type: 'asleep' }
  | { readonly type: 'closed' };

/** When a client comes back. */
export interface Delays {
  /** The longest wait after the first loss: it doubles with each attempt. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** An open connection counts as one that works after this long: then attempts are counted anew. */
  readonly stableMs: number;
}

export interface Circumstances {
  readonly nowMs: number;
  readonly random: () => number;
  readonly delays: Delays;
}

type Step<Name extends ConnectionState['name'], Type extends ConnectionInput['type']> = (
  state: Extract<ConnectionState, { readonly name: Name }>,
  input: Extract<ConnectionInput, { readonly type: Type }>,
  circumstances: Circumstances,
) => ConnectionState;

/** Every state has a word on every input: the compiler asks for it. */
type Table = {
  readonly [Name in ConnectionState['name']]: {
    readonly [Type in ConnectionInput['type']]: Step<Name, Type>;
  };
};

const stay = (state: ConnectionState): ConnectionState => state;
const close = (): ConnectionState => ({ name: 'closed', error: null });
const refuse = (_: ConnectionState, { error }: { readonly error: RtError }): ConnectionState => ({
  name: 'closed',
  error,
});
/** The platform says when it may go on. It may be wrong about the network, so that it is tried now and then. */
const sleep = (
  _state: ConnectionState,
  _input: ConnectionInput,
  { nowMs, delays }: Circumstances,
): ConnectionState => ({
  name: 'waiting',
  attempt: 0,
  untilMs: nowMs + delays.longestMs,
  error: null,
});
const connect = ({ attempt }: { readonly attempt: number }): ConnectionState => ({ name: 'connecting', attempt });

/** Waits for what the server has asked for, else for a time of its own out of a growing window: full jitter. */
function wait(
  attempt: number,
  { error, retryInMs }: Extract<ConnectionInput, { readonly type: 'lost' }>,
  { nowMs, random, delays }: Circumstances,
): ConnectionState {
  const windowMs = Math.min(delays.longestMs, delays.firstMs * 2 ** Math.min(attempt, 20));
  return { name: 'waiting', attempt: attempt + 1, untilMs: nowMs + (retryInMs ?? random() * windowMs), error };
}

const table: Table = {
  idle: {
    needed: () => ({ name: 'connecting', attempt: 0 }),
    opened: stay,
    lost: stay,
    refused: refuse,
    due: stay,
    woken: stay,
    asleep: stay,
    closed: close,
  },
  connecting: {
    needed: stay,
    opened: ({ attempt }, _, { nowMs }) => ({ name: 'open', attempt, sinceMs: nowMs }),
    lost: ({ attempt }, input, circumstances) => wait(attempt, input, circumstances),
    refused: refuse,
    due: stay,
    woken: stay,
    asleep: sleep,
    closed: close,
  },
  open: {
    needed: stay,
    opened: stay,
    // An open connection that does not last is an attempt that came to nothing: so a loop of them slows down.
    lost: ({ attempt, sinceMs }, input, circumstances) =>
      wait(circumstances.nowMs - sinceMs >= circumstances.delays.stableMs ? 0 : attempt, input, circumstances),
    refused: refuse,
    due: stay,
    woken: stay,
    asleep: sleep,
    closed: close,
  },
  waiting: {
    needed: stay,
    opened: stay,
    lost: stay,
    refused: refuse,
    due: connect,
    woken: connect,
    asleep: ({ attempt, error }, _, { nowMs, delays }) => ({
      name: 'waiting',
      attempt,
      untilMs: nowMs + delays.longestMs,
      error,
    }),
    closed: close,
  },
  closed: {
    needed: stay,
    opened: stay,
    lost: stay,
    refused: stay,
    due: stay,
    woken: stay,
    asleep: stay,
    closed: stay,
  },
};

/** What becomes of a connection. Pure. */
export function nextState(
  state: ConnectionState,
  input: ConnectionInput,
  circumstances: Circumstances,
): ConnectionState {
  // The table pairs each state with each input; which pair this is only the two names say.
  const step = table[state.name][input.type] as Step<ConnectionState['name'], ConnectionInput['type']>;
  return step(state as never, input as never, circumstances);
}
