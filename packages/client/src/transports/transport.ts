import type { RtError } from '@rt/protocol';
import type { Environment } from '../environment.ts';

/** The kinds of transport that there are. */
export type TransportName = 'websocket' | 'sse' | 'long-poll' | 'poll';

/** What opens a pipe. */
export interface PipeRequest {
  /** The absolute URL at which the hub is mounted. */
  readonly url: string;
  /** The first frames, each ended by a line feed. */
  readonly hello: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly environment: Environment;
}

/** Why a pipe ended. */
export type PipeEnd =
  /** It was cut, or the server could not be reached. */
  | { readonly type: 'lost' }
  /** The server has answered that it will not. */
  | { readonly type: 'refused'; readonly error: RtError }
  /** This kind of transport does not work here, whatever the server says: there is none, or something holds it up. */
  | { readonly type: 'unfit' };

/** What a transport calls. */
export interface PipeEvents {
  /** Something has come, of whatever kind: the other side lives. */
  alive(): void;
  /** Whole lines of frames, in the order in which they were written. */
  lines(text: string): void;
  /** Called exactly once, also after `close`; nothing is called after it. */
  ended(end: PipeEnd): void;
}

/** An open way to the server, or one that is being opened. Nothing here throws. */
export interface Pipe {
  /** Sends frames, each ended by a line feed, in order. What is sent when it is lost may have arrived or not. */
  send(lines: string): void;
  /** The server has given the session this name: requests of its own need it. */
  named(session: string, maxFrameBytes?: number): void;
  /** Sends frames as the page ends: they go whatever becomes of the session. Their answers do not come. */
  last(lines: string): void;
  /** Ends it. In good order the server knows at once that nobody will be back. */
  close(inOrder: boolean): void;
}

/** A kind of way to the server. */
export interface Transport {
  readonly name: TransportName;
  /** Begins to open a pipe, and returns at once. MUST NOT call back before it returns. */
  open(request: PipeRequest, events: PipeEvents): Pipe;
}
