import type { ServerFrame } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { Observer } from '../observe/observer.ts';

/** A frame of the server as its line. */
export function frameLine(frame: ServerFrame): string {
  return `${JSON.stringify(frame)}\n`;
}

/** The refusal of a frame, or of a subscription of `connect`. */
export function errorLine(error: RtError, id: number | null, channel?: string): string {
  return frameLine({
    type: 'error',
    ...(id !== null && { id }),
    ...(channel !== undefined && { channel }),
    error: error.toJSON(),
  });
}

/** What was thrown, as what a peer may be told; anything that nobody foresaw is observed. */
export function told(cause: unknown, observe: Observer): RtError {
  if (cause instanceof RtError) return cause;
  observe({ type: 'error', stage: 'request', cause });
  return new RtError('internal', 'something failed here; see the server’s log', { cause });
}
