import type { ErrorBody } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { PipeEnd, TransportName } from '../transports/transport.ts';

/** What tabs say to each other. All hear everything, and take what is for them. */
export type Word =
  /** Who leads? */
  | { readonly type: 'ask' }
  /** I do. `fresh` from now on; `open` if the server can be reached. `client` is the name of the browser's sessions. */
  | {
      readonly type: 'lead';
      readonly leader: string;
      readonly client: string;
      readonly fresh: boolean;
      readonly open: boolean;
    }
  /** I do no longer. */
  | { readonly type: 'gone'; readonly leader: string }
  /** A tab to its leader. */
  | Request
  /** The leader to its tabs. */
  | Reply;

/** A tab to its leader, through a pipe. */
export type Request = { readonly leader: string; readonly pipe: string } &
  /** `enteredAtMs` is when the tab has last shown something else, in milliseconds of the wall clock. */
  (
    | { readonly type: 'open'; readonly hello: string; readonly enteredAtMs: number }
    | { readonly type: 'say'; readonly lines: string }
    | { readonly type: 'close'; readonly inOrder: boolean }
  );

/** The leader to its tabs, through their pipes. */
export type Reply = { readonly leader: string; readonly pipes: readonly string[] } & (
  | { readonly type: 'opened'; readonly transport: TransportName }
  | { readonly type: 'lines'; readonly lines: string }
  | { readonly type: 'ended'; readonly error: ErrorBody | null }
);

/** Why a pipe ended, as it travels. */
export function endOf(error: ErrorBody | null): PipeEnd {
  return error === null ? { type: 'lost' } : { type: 'refused', error: RtError.of(error) };
}

/** A pipe's name: its tab's, and how many it has had. */
export function pipeOf(tab: string, number: number): string {
  return `${tab}/${number}`;
}

export function tabOf(pipe: string): string {
  return pipe.slice(0, pipe.indexOf('/'));
}
