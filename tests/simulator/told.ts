import type { Start } from '@rt/core';
import type { GapReason, Position } from '@rt/protocol';
import type { Moment } from './journal.ts';
import type { Ledger } from './ledger.ts';
import type { PresenceLedger } from './presence-ledger.ts';

/** Between which moments the server has made up its mind. */
export interface When {
  readonly earliest: Moment;
  readonly written: Moment;
}

/** A gap as it was told: `after` and `position` as they were printed. */
export interface ToldGap {
  readonly reason: GapReason;
  readonly after: string;
  readonly position: string;
}

/** A publication as it came. */
export interface ToldItem {
  readonly offset: number;
  readonly data: number;
}

/**
 * What a client was told of a channel. The server made up its mind between `earliest` and `written`: on a stream they
 * are the same, an answer may have waited for the next poll or for the broker.
 */
export type Told = { readonly channel: string; readonly earliest: Moment; readonly written: Moment } & (
  | {
      /** A subscription begins. A plain stream is told its place, and the gap in a block of its own. */
      readonly type: 'placed';
      readonly start: Start;
      readonly position: Position;
      readonly gap: ToldGap | null;
      readonly gapFollows: boolean;
      /** Whether it is to be told who is there as well. */
      readonly members: boolean;
    }
  | {
      readonly type: 'publications';
      readonly position: Position;
      readonly items: readonly ToldItem[];
      /** What is ephemeral. */
      readonly passed: readonly number[];
      /** The places in all channels that came with it, on plain streams. */
      readonly places: ReadonlyMap<string, Position> | null;
    }
  | ({ readonly type: 'gap' } & ToldGap)
  | { readonly type: 'unsubscribed' }
  /** Who is there, or what has changed of that. */
  | { readonly type: 'presence' }
  | {
      /** A page: the answer to one question, which was asked at `earliest`. */
      readonly type: 'page';
      readonly start: Start;
      readonly limit: number;
      readonly position: Position;
      readonly floor: Position;
      readonly items: readonly ToldItem[];
      readonly gap: ToldGap | null;
    }
);

/** One connection as its client has seen it. */
export interface Transcript {
  readonly name: string;
  readonly user: string;
  /** When it was asked for. */
  readonly opened: Moment;
  /** What the logs behind it have accepted; `null` if it has reached no hub. */
  ledger(): Ledger | null;
  /** What its presence store had to say; `null` if it has reached no hub. */
  presence(): PresenceLedger | null;
  readonly told: Told[];
  /** Whether the server was ever told to wait: only then may it skip something. */
  slow(): boolean;
  /** When the last new token was sent of which it was told that it is taken: every rule is asked again after that. */
  refreshed: Moment | null;
  /** Whether the client still reads here. */
  open: boolean;
}
