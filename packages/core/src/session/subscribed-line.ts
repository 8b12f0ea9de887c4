import type { GapReason, Start } from '@rt/protocol';
import { formatPosition } from '@rt/protocol';
import { frameLine } from './frame-line.ts';

/** What `subscribed` says of a place. */
export function subscribedLine(id: number | null, placed: SubscribedParts): string {
  const { channel, epoch, offset, start, gap, skips, presence } = placed;
  const position = formatPosition(epoch, offset);
  const after = start.type === 'after' ? formatPosition(start.position.epoch, start.position.offset) : '';
  const line = frameLine({
    type: 'subscribed',
    ...(id !== null && { id }),
    channel,
    position,
    ...(skips && { conflated: true }),
    ...(gap !== null && { gap: { reason: gap, after, position } }),
  });
  return presence === null ? line : `${line.slice(0, -2)},"presence":${presence}}\n`;
}

interface SubscribedParts {
  readonly channel: string;
  readonly epoch: string;
  readonly offset: number;
  readonly start: Start;
  readonly gap: GapReason | null;
  readonly skips: boolean;
  /** Who is there, as JSON. */
  readonly presence: string | null;
}
