import { formatPosition } from '@rt/protocol';
import type { PlaceView } from './presence-store.ts';

/** A user who is in a channel, however many clients the user has there. */
export interface Member<State = unknown> {
  readonly user: string;
  /** The newest that any of the user's clients has brought. */
  readonly state: State;
  /** How many of the user's clients are in the channel. */
  readonly connections: number;
}

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

/** Everybody who is in a place, in the order in which they have last changed. */
export function membersOf(channel: string, { log, count, connections }: PlaceView): Members {
  const members = log
    .read(0)
    .entries.filter(({ about }) => about?.removes === false)
    .map(({ payload }) => JSON.parse(payload) as Member);
  return { channel, position: formatPosition(log.epoch, log.top), count, connections, members };
}
