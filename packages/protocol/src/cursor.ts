import { channelNameFault } from './channel-name.ts';
import type { Position } from './position.ts';
import { formatPosition, parsePosition } from './position.ts';

/** The longest printed cursor, in characters: it travels in the `id:` of each event and in a request header. */
export const maxCursorLength = 4096;

/**
 * Prints the places of several channels as one text, `name@epoch.offset` joined by commas, for the `id:` of a plain
 * stream over several channels. Neither `,` nor an `@` before a position can be part of a position.
 */
export function formatCursor(positions: ReadonlyMap<string, Position>): string {
  const parts: string[] = [];
  for (const [channel, { epoch, offset }] of positions) parts.push(`${channel}@${formatPosition(epoch, offset)}`);
  return parts.join(',');
}

/** Reads what {@link formatCursor} printed; `null` if any part is not a channel with a position, or one comes twice. */
export function parseCursor(text: string): ReadonlyMap<string, Position> | null {
  if (text.length > maxCursorLength) return null;
  const positions = new Map<string, Position>();
  for (const part of text.split(',')) {
    const at = part.lastIndexOf('@');
    const position = at > 0 ? parsePosition(part.slice(at + 1)) : null;
    const channel = part.slice(0, at);
    if (position === null || positions.has(channel) || channelNameFault(channel) !== null) return null;
    positions.set(channel, position);
  }
  return positions;
}
