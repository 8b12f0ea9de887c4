/** Why there is no stream: the button was pressed, the network or server failed, the server said that it restarts. */
export type Interruption = 'cut' | 'lost' | 'restart';

export type StreamState =
  | { readonly name: 'connecting' }
  | { readonly name: 'live' }
  /** With `dueMs` it waits until then; with null an attempt is under way, by us or by the EventSource itself. */
  | { readonly name: 'reconnecting'; readonly why: Interruption; readonly dueMs: number | null }
  /** The browser has no network. It may be wrong about a server on this very machine, so one is tried now and then. */
  | { readonly name: 'offline'; readonly dueMs: number };

export type StreamInput =
  | { readonly name: 'opened' }
  /** The EventSource tries again by itself. */
  | { readonly name: 'dropped' }
  /** The EventSource has given up. */
  | { readonly name: 'failed'; readonly waitMs: number }
  | { readonly name: 'ended'; readonly waitMs: number }
  | { readonly name: 'cut'; readonly waitMs: number }
  | { readonly name: 'due' }
  | { readonly name: 'network-gone'; readonly waitMs: number }
  /** The network is back, the page is seen again, or somebody does not want to wait. */
  | { readonly name: 'retry-now' };

export const firstState: StreamState = { name: 'connecting' };

export function nextState(state: StreamState, input: StreamInput, nowMs: number): StreamState {
  switch (input.name) {
    case 'opened':
      return { name: 'live' };
    case 'dropped':
      return { name: 'reconnecting', why: interruption(state), dueMs: null };
    case 'failed':
      return { name: 'reconnecting', why: interruption(state), dueMs: nowMs + input.waitMs };
    case 'ended':
      return { name: 'reconnecting', why: 'restart', dueMs: nowMs + input.waitMs };
    case 'cut':
      return { name: 'reconnecting', why: 'cut', dueMs: nowMs + input.waitMs };
    case 'due':
    case 'retry-now':
      if (state.name === 'reconnecting') return { ...state, dueMs: null };
      return state.name === 'offline' ? { name: 'reconnecting', why: 'lost', dueMs: null } : state;
    case 'network-gone':
      return { name: 'offline', dueMs: nowMs + input.waitMs };
  }
}

/** When the state ends by itself; null if it is one that has an EventSource. */
export function dueMsOf(state: StreamState): number | null {
  return 'dueMs' in state ? state.dueMs : null;
}

function interruption(state: StreamState): Interruption {
  return state.name === 'reconnecting' ? state.why : 'lost';
}

/** Full jitter over 1, 2, 4 ... 30 s, so that a thousand pages do not come back in the same second. */
export function backoffMs(failures: number, random: number = Math.random()): number {
  return Math.max(500, random * Math.min(30_000, 1000 * 2 ** failures));
}
