import type { TransportName } from '../observe/observer.ts';
import type { Connection } from './connection.ts';
import type { Flush } from './flush.ts';
import type { Cursor } from './local-channel.ts';

/** Who is connected at this moment, and how far they are. Counted when it is asked for. */
export interface Census {
  readonly connections: Readonly<Record<TransportName, number>>;
  readonly waitingBytes: number;
  readonly subscriptions: number;
  readonly behind: number;
}

/** Counts connections, each with its cursors by their names there. */
export function census(
  rows: Iterable<readonly [Connection, { readonly cursors: ReadonlyMap<string, Cursor> }]>,
  flush: Flush,
): Census {
  const connections = { stream: 0, poll: 0, websocket: 0, sse: 0, 'long-poll': 0 };
  let waitingBytes = 0;
  let subscriptions = 0;
  let behind = 0;
  for (const [connection, { cursors }] of rows) {
    connections[connection.name] += 1;
    waitingBytes += connection.waitingBytes;
    for (const [name, cursor] of cursors) {
      // A cursor over who is in a channel stands under another name: it is a part of the subscription.
      if (name !== cursor.name) continue;
      subscriptions += 1;
      if (flush.isLate(cursor)) behind += 1;
    }
  }
  return { connections, waitingBytes, subscriptions, behind };
}
