import type { ChannelStatus, Status, TransportName } from '@rt/client';

/** Why nothing comes: the button was pressed, the network or server failed, the server said that it restarts. */
export type Interruption = 'cut' | 'lost' | 'restart';

/** The connection as the page shows it. */
export type ConnectionState =
  | { readonly name: 'connecting' }
  | { readonly name: 'live'; readonly transport: TransportName }
  /** With `dueMs` it waits until then; with null an attempt is under way. */
  | { readonly name: 'reconnecting'; readonly why: Interruption; readonly dueMs: number | null }
  | { readonly name: 'offline' };

export interface Circumstances {
  readonly connection: Status;
  readonly channel: ChannelStatus;
  /** Until when the button has cut the road, or `null`. */
  readonly cutUntilMs: number | null;
  readonly before: ConnectionState;
  readonly online: boolean;
  readonly nowMs: number;
}

/** What the page says of the connection. Pure. */
export function connectionState({
  connection,
  channel,
  cutUntilMs,
  before,
  online,
  nowMs,
}: Circumstances): ConnectionState {
  if (cutUntilMs !== null) return { name: 'reconnecting', why: 'cut', dueMs: cutUntilMs };
  if (connection.state === 'open') {
    if (channel.state === 'live') return { name: 'live', transport: connection.transport };
    return before.name === 'connecting' ? before : { name: 'reconnecting', why: interruption(before), dueMs: null };
  }
  if (connection.state === 'waiting') {
    if (!online) return { name: 'offline' };
    const why = connection.error?.code === 'hub_closed' ? 'restart' : interruption(before);
    return { name: 'reconnecting', why, dueMs: nowMs + connection.retryInMs };
  }
  return before.name === 'connecting' ? before : { name: 'reconnecting', why: interruption(before), dueMs: null };
}

function interruption(state: ConnectionState): Interruption {
  return state.name === 'reconnecting' ? state.why : 'lost';
}
