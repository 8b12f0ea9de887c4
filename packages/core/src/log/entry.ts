import type { Payload } from './payload.ts';

/** What a publication is about: of all about one subject only the newest says what is true now. */
export interface About {
  readonly subject: string;
  /** Whether it says that the subject is no more. */
  readonly removes: boolean;
}

/** One kept publication. Offsets rise by exactly one from publication to publication. */
export interface Entry {
  readonly offset: number;
  readonly payload: Payload;
  /** When it was appended, on the hub's clock. */
  readonly atMs: number;
  /** `null` if it is about nothing in particular. */
  readonly about: About | null;
}

/** How much of a channel is kept. All limits hold; whichever is reached first trims. */
export interface Keep {
  /** The most publications that are kept; where the newest of each subject is kept, the most subjects. */
  readonly count: number;
  /** How long a publication is kept, in milliseconds; where the newest of each subject is kept, only removals expire. */
  readonly forMs: number;
  /** Of the publications about one subject only the newest is kept, until a removal. @default false */
  readonly newestOnly?: boolean;
}

/** Entries in the order of their offsets. */
export interface Run {
  readonly entries: readonly Entry[];
  /** The place to read on from: what lies before it is in the entries, or was superseded. */
  readonly to: number;
}

/** What a log held at one moment: with it another one goes on from there. */
export interface Held {
  readonly epoch: string;
  readonly floor: number;
  readonly top: number;
  /** By offset: all that are kept. */
  readonly entries: readonly Entry[];
}

/** How much is read at once. */
export interface RunLimits {
  /** The most entries. @default any number */
  readonly count?: number;
  /** The most characters of payload, unless the first entry alone has more. @default any number */
  readonly chars?: number;
  /** The last offset. @default the top */
  readonly upTo?: number;
  /** Up to here everything is read, also if it is more. @default 0 */
  readonly least?: number;
}
