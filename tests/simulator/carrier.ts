import type { Moment } from './journal.ts';

/** What a carrier tells the session that it carries. */
export interface Carried {
  /** Something has come, if only a sign of life. */
  heard(): void;
  /** Frames of the server, one a line, which it has written between two moments. */
  lines(text: string, earliest: Moment, written: Moment): void;
  /** It is over. `code` is the one it was refused with, if it was. */
  lost(code: string | null, retryable: boolean): void;
  fail(why: string): void;
}

/** The first frame of a session, who says it, and when. */
export interface Opening {
  readonly user: string;
  readonly line: string;
  readonly at: Moment;
}

/** One way to carry a session. */
export interface Carrier {
  /** The id of the session, for those that name it. */
  session: string | null;
  /** Sends a frame as soon as it may. */
  send(line: string): void;
  /** Does what is its turn. */
  act(): void;
  /** Closes what is still open. */
  drop(): void;
}

/** Reads how a request was refused. */
export function refusal(body: string): { readonly code: string; readonly retryable: boolean } {
  return (JSON.parse(body) as { readonly error: { readonly code: string; readonly retryable: boolean } }).error;
}
