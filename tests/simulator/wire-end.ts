import type { Head } from '@rt/core';
import type { Moment } from './journal.ts';
import type { Ledger } from './ledger.ts';
import type { RecordedPresence } from './recorded-presence.ts';

/** What a client asks for: one HTTP request. */
export interface Request {
  readonly method: 'GET' | 'POST';
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The client's end of a wire. It is called in the server's turns: it takes note, and acts when it is its turn. */
export interface WireEnd {
  head(head: Head): void;
  /** What the server has written at one moment. */
  received(bytes: Uint8Array, written: Moment): void;
  /** A whole reply. */
  replied(status: number, body: string, written: Moment): void;
  /** Nothing more comes. */
  closed(): void;
}

/** What is known here of a server. */
export interface WireHost {
  /** Everything that its logs have accepted. */
  readonly ledger: Ledger;
  readonly closing: boolean;
  /** Its presence, where it has one. */
  readonly presence: RecordedPresence | null;
}

/** Who of the two notices that a connection is cut. The other one believes in it for some time. */
export type Notices = 'both' | 'server' | 'client' | 'nobody';
