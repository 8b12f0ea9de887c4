import type { ErrorBody } from './errors.ts';
import type { GapReason } from './position.ts';

/** Why a subscription or a page does not begin where it was asked to. Positions are printed. */
export interface GapBody {
  readonly reason: GapReason;
  /** The position that was asked for. */
  readonly after: string;
  /** The position where it goes on. */
  readonly position: string;
}

/** A publication as a frame carries it: `data` is any JSON value; bytes are in `base64` instead. */
export interface PublicationBody {
  /** Missing for one that is ephemeral: it has no place, and is never told again. */
  readonly offset?: number;
  /** The key of a client's publication that has asked to be known again by it. */
  readonly key?: string;
  /** The W3C `traceparent` of the span that it was made in, if the app wants it told. */
  readonly trace?: string;
  readonly event: string;
  readonly data?: unknown;
  readonly base64?: string;
}

/** A publication on a page: the same, with its whole position. */
export interface PagePublicationBody extends Omit<PublicationBody, 'offset'> {
  readonly position: string;
}

/** Somebody who is in a channel, however many clients they have there. */
export interface Member<State = unknown> {
  readonly user: string;
  /** What they show: the newest that any of their clients has brought. */
  readonly state: State;
  /** How many of their clients are in the channel. */
  readonly connections: number;
}

/** Who is in a channel: all of them, or where they are too many a few. */
export type MembersBody = {
  /** How many members there are, and how many clients they have in the channel together. */
  readonly count: number;
  readonly connections: number;
} & ({ readonly position: string; readonly members: readonly Member[] } | { readonly sample: readonly Member[] });

/** What has changed since the position before it. */
export interface MemberChangesBody {
  readonly position: string;
  readonly count: number;
  readonly connections: number;
  readonly changed: readonly Member[];
  /** The users who are there no more. */
  readonly left: readonly string[];
}

/** A frame from the server. PROTOCOL.md says what each means. */
export type ServerFrame =
  | {
      readonly type: 'connected';
      readonly id: number;
      /** Names the session in the URL of further requests; `null` where it is not needed. */
      readonly session: string | null;
      readonly heartbeatMs: number | null;
      readonly speakWithinMs: number | null;
      readonly expiresInMs: number | null;
      readonly limits: {
        readonly maxFrameBytes: number;
        readonly maxChannels: number;
        /** How fast frames are taken; `null` for as fast as they come. */
        readonly rates: {
          readonly commandsPerSecond: number;
          readonly publishesPerSecond: number;
          readonly burst: number;
        } | null;
      };
    }
  | {
      readonly type: 'subscribed';
      readonly id?: number;
      readonly channel: string;
      readonly position: string;
      /** Whether offsets may skip publications that a newer one about the same has superseded. */
      readonly conflated?: true;
      /** Who is there; a position alone where changes since then follow. */
      readonly presence?: MembersBody | { readonly position: string };
      readonly gap?: GapBody;
    }
  | { readonly type: 'unsubscribed'; readonly id?: number; readonly channel: string; readonly error?: ErrorBody }
  | { readonly type: 'published'; readonly id: number; readonly channel: string; readonly position: string | null }
  | { readonly type: 'answered'; readonly id: number; readonly data?: unknown; readonly base64?: string }
  | {
      readonly type: 'history';
      readonly id: number;
      readonly channel: string;
      readonly position: string;
      readonly floor: string;
      readonly publications: readonly PagePublicationBody[];
      readonly gap?: GapBody;
    }
  | { readonly type: 'entered'; readonly id: number; readonly channel: string }
  | { readonly type: 'left'; readonly id?: number; readonly channel: string; readonly error?: ErrorBody }
  | ({ readonly type: 'members'; readonly id: number; readonly channel: string } & MembersBody)
  | ({ readonly type: 'presence'; readonly channel: string } & (MembersBody | MemberChangesBody))
  | { readonly type: 'refreshed'; readonly id: number; readonly expiresInMs: number | null }
  | { readonly type: 'pong'; readonly id: number }
  | { readonly type: 'error'; readonly id?: number; readonly channel?: string; readonly error: ErrorBody }
  | {
      readonly type: 'publications';
      readonly channel: string;
      readonly position: string;
      readonly publications: readonly PublicationBody[];
    }
  | ({ readonly type: 'gap'; readonly channel: string } & GapBody)
  | { readonly type: 'bye'; readonly error: ErrorBody; readonly retryInMs: number | null };
