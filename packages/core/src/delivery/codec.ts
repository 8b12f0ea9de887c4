import type { GapReason } from '@rt/protocol';
import type { Batch } from './batch.ts';
import type { Cursor } from './cursor.ts';

/** A gap as a subscriber is told of it. */
export interface Gap {
  readonly channel: string;
  readonly reason: GapReason;
  /** The place that was asked for, printed. */
  readonly after: string;
  /** The place it goes on from, printed. */
  readonly position: string;
}

/** How a connection's peer wants publications written. Pure: what it needs to know of the connection is in the cursor. */
export interface Codec {
  /**
   * Stands for everything besides the batch that `publications` depends on: connections with the same key share the
   * bytes of a batch.
   */
  key(cursor: Cursor): string;
  /** A batch, for a cursor that is at the batch's beginning. */
  publications(batch: Batch, cursor: Cursor): string;
  /** A gap, for a cursor that is already at the place it goes on from. */
  gap(gap: Gap, cursor: Cursor): string;
  /** What keeps a quiet connection open, or `null` if nothing may be sent in between. */
  readonly heartbeat: string | null;
  /** Goodbye, with the time after which the peer should come back. */
  bye(retryInMs: number): string;
}
