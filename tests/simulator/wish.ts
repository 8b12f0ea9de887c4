import type { ErrorBody, Position } from '@rt/protocol';
import { formatPosition } from '@rt/protocol';
import type { Ledger } from './ledger.ts';

/** What is published: at once, after a check that may be late, or for those who are there. */
export type PublishedEvent = 'said' | 'checked' | 'waved';

/** Where a client was told that its publication is. */
export interface Answer {
  readonly position: Position;
  readonly ledger: Ledger;
}

/** Something a client wants to have published, and what it was told of it. */
export interface Wish {
  readonly user: string;
  readonly channel: string;
  readonly event: PublishedEvent;
  /** A number that nobody else publishes. */
  readonly data: number;
  readonly key: string | null;
  /** The place after which it has to be the next one. */
  readonly after: Position | null;
  /** The connections on which it was sent, by name, with the number of the frame. */
  readonly attempts: { readonly talk: string; readonly id: number }[];
  readonly answers: Answer[];
  readonly refusals: ErrorBody[];
}

/** What a frame says of it, beside the channel. */
export function wishFields({ event, data, key, after }: Wish): object {
  const ifPosition = after === null ? null : formatPosition(after.epoch, after.offset);
  return { event, data, ...(key !== null && { key }), ...(ifPosition !== null && { ifPosition }) };
}
