import type { Position } from './position.ts';
import type { Start } from './start.ts';

/** The subprotocol of WebSocket sessions, and the name of everything in this folder that ends in `frame`. */
export const subprotocol = 'rt.v1';

/** A channel, and where a reader wants to begin in it. */
export interface SubscriptionRequest {
  readonly channel: string;
  readonly start: Start;
}

/** A subscription, which may ask for who is there as well. */
export interface Subscribing extends SubscriptionRequest {
  /** `null` for no presence; `live` for all members and then what changes; `after` for what has changed since. */
  readonly presence: Start | null;
}

/** A frame from a client, read and checked. PROTOCOL.md says what each means. */
export type ClientFrame =
  | {
      readonly type: 'connect';
      readonly id: number;
      readonly token: string | null;
      /** A name that the client has made up for itself and keeps when it reconnects. */
      readonly client: string | null;
      /** A subscription that is malformed is refused alone. */
      readonly subscriptions: readonly unknown[];
    }
  | ({ readonly type: 'subscribe'; readonly id: number } & Subscribing)
  | { readonly type: 'unsubscribe'; readonly id: number; readonly channel: string }
  | {
      readonly type: 'publish';
      readonly id: number;
      readonly channel: string;
      readonly event: string;
      readonly data: unknown;
      readonly key: string | null;
      /** Whether everybody is told the key with the publication: so the client knows its own. */
      readonly echo: boolean;
      /** It is refused if anything newer was published. */
      readonly ifPosition: Position | null;
    }
  | {
      readonly type: 'send';
      readonly id: number;
      readonly channel: string;
      readonly event: string;
      readonly data: unknown;
    }
  | ({ readonly type: 'history'; readonly id: number; readonly limit: number | null } & SubscriptionRequest)
  | { readonly type: 'enter'; readonly id: number; readonly channel: string; readonly state: unknown }
  | {
      readonly type: 'leave';
      readonly id: number;
      readonly channel: string;
      /** The session that has entered, for one that says it in a request of its own. */
      readonly session: string | null;
    }
  | { readonly type: 'members'; readonly id: number; readonly channel: string }
  | { readonly type: 'refresh'; readonly id: number; readonly token: string }
  | { readonly type: 'ping'; readonly id: number };

/** The type of a client's frame. */
export type ClientFrameType = ClientFrame['type'];
