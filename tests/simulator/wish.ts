import type { ErrorBody, Position } from '@rt/protocol';
import type { Ledger } from './ledger.ts';

/** Where a client was told that its publication is. */
export interface Answer {
  readonly position: Position;
  readonly ledger: Ledger;
}

/** Something a client wants to have published, and what it was told of it. */
export interface Wish {
  readonly user: string;
  readonly channel: string;
  readonly event: 'said' | 'checked';
  /** A number that nobody else publishes. */
  readonly data: number;
  readonly key: string | null;
  /** The connections on which it was sent, by name, with the number of the frame. */
  readonly attempts: { readonly talk: string; readonly id: number }[];
  readonly answers: Answer[];
  readonly refusals: ErrorBody[];
}
