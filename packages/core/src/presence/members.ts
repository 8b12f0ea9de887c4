import type { Member } from '@rt/protocol';
import { formatPosition } from '@rt/protocol';
import type { PlaceView } from './presence-store.ts';

/** Who is in a channel at one moment. */
export interface Members<State = unknown> {
  readonly channel: string;
  /** The place in the log of who comes and goes. */
  readonly position: string;
  /** How many members there are, and how many clients they have in the channel together. */
  readonly count: number;
  readonly connections: number;
  readonly members: readonly Member<State>[];
}

/** Everybody who is in a place, as the log has them, in the order in which they have last changed. */
export function memberTexts({ log }: PlaceView): readonly string[] {
  return log
    .read(0)
    .entries.filter(({ about }) => about?.removes === false)
    .map(({ payload }) => payload);
}

/** Everybody who is in a place. */
export function membersOf(channel: string, place: PlaceView): Members {
  const { log, count, connections } = place;
  const members = memberTexts(place).map((text) => JSON.parse(text) as Member);
  return { channel, position: formatPosition(log.epoch, log.top), count, connections, members };
}
