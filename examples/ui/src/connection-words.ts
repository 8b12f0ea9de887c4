import type { TransportName } from '@rt/client';
import type { ConnectionState } from './connection-state.ts';

/** What the words need to know beside the state. */
export interface Resumption {
  /** How many missed publications the last reconnect has brought. */
  readonly caughtUp: number;
  readonly gapReason: string | null;
}

/** The connection in words. */
export function words(state: ConnectionState, resumption: Resumption | null, nowMs: number): string {
  switch (state.name) {
    case 'connecting':
      return 'connecting';
    case 'live':
      return (resumption === null ? null : resumed(resumption)) ?? `live over ${names[state.transport]}`;
    case 'reconnecting': {
      if (state.dueMs === null) return 'reconnecting';
      const seconds = Math.max(1, Math.ceil((state.dueMs - nowMs) / 1000));
      const cause = { cut: 'cut, ', lost: '', restart: 'the server restarts, ' }[state.why];
      return `${cause}reconnecting in ${seconds} s`;
    }
    case 'offline':
      return 'offline';
  }
}

/** What transports are called. */
const names: { readonly [Name in TransportName]: string } = {
  websocket: 'WebSocket',
  sse: 'SSE',
  'long-poll': 'long-poll',
  poll: 'polling',
};

function resumed({ caughtUp, gapReason }: Resumption): string | null {
  const parts: string[] = [];
  if (caughtUp > 0) parts.push(`caught up ${caughtUp} missed`);
  if (gapReason !== null) parts.push(`gap: ${gapReason}`);
  return parts.length === 0 ? null : parts.join(', ');
}

/** A gap in a sentence for people. */
export function explainGap(reason: string): string {
  const known: Readonly<Record<string, string>> = {
    epoch_changed: 'the server began a new log',
    trimmed: 'the oldest missed ones were no longer kept',
    ahead: 'the server has lost the end of its log',
    too_far: 'too much was missed to be read at once',
    unavailable: 'the log could not be read',
  };
  return known[reason] ?? 'the server could not prove that nothing was missed';
}
