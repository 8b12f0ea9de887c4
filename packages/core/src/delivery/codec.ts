import type { GapReason, RtError } from '@rt/protocol';
import type { Publications } from './batch.ts';

/** A gap as a subscriber is told of it. */
export interface Gap {
  readonly channel: string;
  readonly reason: GapReason;
  /** The place that was asked for, printed. */
  readonly after: string;
  /** The place it goes on from, printed. */
  readonly position: string;
}

/** One of a connection's subscriptions as its codec sees it: how far it has come in which channel. */
export interface Reading {
  readonly name: string;
  readonly epoch: string;
  readonly offset: number;
}

/** How a connection's peer wants publications written. Pure; `readings` are all of the connection's subscriptions. */
export interface Codec {
  /**
   * Stands for everything besides the batch that `publications` depends on: connections with the same key share the
   * bytes of a batch.
   */
  key(readings: readonly Reading[]): string;
  /** Whether it has a way to write what is ephemeral; else that is left out. */
  readonly passing: boolean;
  /** The most publications of a batch that it writes. @default all */
  readonly limit?: number;
  /** Publications, for a connection whose reading of their channel is at their beginning. */
  publications(publications: Publications, readings: readonly Reading[]): string;
  /** Lines of a session's frames: only a session is ever given some. */
  lines(lines: string): string;
  /** A gap, for a connection whose reading is already at the place where it goes on. */
  gap(gap: Gap, readings: readonly Reading[]): string;
  /** What keeps a quiet connection open, or `null` if nothing may be sent in between. */
  readonly heartbeat: string | null;
  /** Goodbye and why, with the time after which the peer should come back, or `null` for never. */
  bye(error: RtError, retryInMs: number | null): string;
}
