import type { GapReason } from '@rt/protocol';

/** How a peer is served: plain (`stream`, `poll`), or with a session. */
export type TransportName = 'stream' | 'poll' | 'websocket' | 'sse' | 'long-poll';

/** What happens inside a hub, for logs, metrics and traces. New types may be added. */
export type HubEvent =
  | { readonly type: 'connection_opened'; readonly transport: TransportName; readonly channels: readonly string[] }
  | {
      readonly type: 'connection_closed';
      readonly transport: TransportName;
      readonly channels: readonly string[];
      /**
       * `left`: the peer has closed it in good order; `peer`: it went away; `done`: all was sent; `failed`: the
       * transport could not go on.
       */
      readonly end: 'left' | 'peer' | 'done' | 'failed';
    }
  /** A connection follows a channel from now on, or no longer. */
  | { readonly type: 'subscribed' | 'unsubscribed'; readonly transport: TransportName; readonly channel: string }
  /** A subscriber was told that publications are missing. */
  | { readonly type: 'gap'; readonly channel: string; readonly reason: GapReason }
  /** Something looks like a mistake in how the app is set up; says what to do. Each is told once. */
  | { readonly type: 'warning'; readonly message: string }
  /** Something failed that no caller can be told about, or that only a remote peer was told. */
  | { readonly type: 'error'; readonly stage: ErrorStage; readonly cause: unknown };

/**
 * Where an error came from: the host's user option, the app's token verifier, a rule or a handler of the app, the
 * broker, the bus between nodes, the presence store, a listener of `onPresence`, answering a request, or writing to a peer.
 */
export type ErrorStage =
  | 'user'
  | 'token'
  | 'rule'
  | 'handler'
  | 'broker'
  | 'bus'
  | 'presence'
  | 'listener'
  | 'request'
  | 'transport';

/** Is called in the turn in which the event happens. It SHOULD be quick; what it throws is printed, not passed on. */
export type Observer = (event: HubEvent) => void;

/** The observer of a hub that was given none: errors and warnings are printed, the rest is left alone. */
export const printErrors: Observer = (event) => {
  // oxlint-disable-next-line no-console -- where a developer looks first
  if (event.type === 'warning') console.warn(`@rt: ${event.message}`);
  // oxlint-disable-next-line no-console -- the last place where an error can still be seen
  if (event.type === 'error') console.error(`@rt: error in ${event.stage}:`, event.cause);
};

/** Keeps a throwing observer from stopping what it observes. */
export function guarded(observer: Observer): Observer {
  return (event) => {
    try {
      observer(event);
    } catch (cause) {
      // oxlint-disable-next-line no-console -- as above
      console.error('@rt: the observer threw:', cause);
    }
  };
}
