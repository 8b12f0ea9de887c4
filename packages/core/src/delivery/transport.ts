/** How text becomes bytes on one kind of wire. Pure; the name stands for the functions in caches. */
export interface Framing {
  readonly name: string;
  frame(text: string): Uint8Array;
  /** A heartbeat's text, with what this wire has of its own to make the peer answer. */
  heartbeat(text: string): Uint8Array;
}

/** Why a connection ended. */
export type End =
  /** The peer has closed it in good order: it does not mean to come back. */
  | { readonly type: 'left' }
  /** The peer went away. */
  | { readonly type: 'peer' }
  /** All that was asked for has been sent. */
  | { readonly type: 'done' }
  /** The transport could not go on. */
  | { readonly type: 'failed' };

/** A dumb pipe to one peer, driven by the core. Nothing here may throw, and after `end` or `abort` nothing is sent. */
export interface Transport {
  readonly framing: Framing;
  /** How many bytes were written that the peer has not taken, as far as is known here. @default 0 */
  readonly waitingBytes?: number;
  /** Sends, or keeps until it can. Returns false when the peer is slow: the core stops until `Session.drained()`. */
  write(bytes: Uint8Array): boolean;
  /**
   * Ends after what was written, and leads to `Session.closed()` when the peer has taken it or has gone. A wire that
   * can say why is given the number of an error code.
   */
  end(number: number): void;
  /** Ends at once, with whatever was not sent lost. Leads to `Session.closed()`. */
  abort(): void;
}

/** What the core hands a transport to call. */
export interface Session {
  /** The peer has sent a text. An empty one is a sign of life. A wire on which nothing comes never calls this. */
  receive(text: string): void;
  /** The peer takes bytes again after `write` returned false. */
  drained(): void;
  /** The pipe is gone. Whoever ended it; calling it again changes nothing. */
  closed(end: End): void;
}
