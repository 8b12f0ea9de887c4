import type { Head } from '../log/locate.ts';
import type { Payload } from '../log/payload.ts';
import type { Said } from './batch.ts';

/** How a stretch of a log is read: by those who keep up with it, or by one who is behind. */
export type Pace = 'live' | 'behind';

/** How it is said. */
export interface Telling {
  readonly pace: Pace;
  readonly nowMs: number;
  /** What is ephemeral, to be told with it. */
  readonly passing: readonly Payload[];
}

/** What a channel hands out: its publications, or who is there. */
export interface Feed {
  readonly epoch: string;
  /** The newest place. */
  readonly top: number;
  /** The oldest place from which those who keep up can go on. */
  readonly base: number;
  /** Fast readers have been given, or are just being given, everything up to here. */
  handedOut: number;
  /** The shortest time from one batch to the next; 0 for every turn. */
  readonly everyMs: number;
  /** Whether offsets may skip what was superseded. */
  readonly skips: boolean;
  head(nowMs: number): Head;
  /**
   * Whether whoever has read up to here goes on without being told of a gap. `since` is for one who has read from 0:
   * what the top was when it was given what comes first. It is 0 for others.
   */
  holds(offset: number, since: number): boolean;
  /** What there is to say from a place that it holds up to another, or of the first part of it. */
  says(from: number, upTo: number, how: Telling): Said;
  /** Lets go of what is neither kept nor still to be handed out. */
  trim(nowMs: number): void;
}
