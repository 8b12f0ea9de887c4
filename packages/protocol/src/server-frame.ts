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
  readonly event: string;
  readonly data?: unknown;
  readonly base64?: string;
}

/** A publication on a page: the same, with its whole position. */
export interface PagePublicationBody extends Omit<PublicationBody, 'offset'> {
  readonly position: string;
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
      readonly limits: { readonly maxFrameBytes: number; readonly maxChannels: number };
    }
  | {
      readonly type: 'subscribed';
      readonly id?: number;
      readonly channel: string;
      readonly position: string;
      /** Whether offsets may skip publications that a newer one about the same has superseded. */
      readonly conflated?: true;
      readonly gap?: GapBody;
    }
  | { readonly type: 'unsubscribed'; readonly id?: number; readonly channel: string; readonly error?: ErrorBody }
  | { readonly type: 'published'; readonly id: number; readonly channel: string; readonly position: string | null }
  | { readonly type: 'answered'; readonly id: number; readonly data: unknown }
  | {
      readonly type: 'history';
      readonly id: number;
      readonly channel: string;
      readonly position: string;
      readonly floor: string;
      readonly publications: readonly PagePublicationBody[];
      readonly gap?: GapBody;
    }
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
