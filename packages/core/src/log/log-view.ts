import type { Entry, Keep, Run, RunLimits } from './entry.ts';
import type { Head } from './locate.ts';

/** A log as its readers see it, whatever it keeps. */
export interface LogView {
  readonly epoch: string;
  readonly keep: Keep;
  /** The newest offset; 0 before the first append. */
  readonly top: number;
  /** The oldest place from which live readers can go on. */
  readonly base: number;
  /** How many entries are held. */
  readonly size: number;
  /** Live readers have been handed everything up to this offset. Without live readers: Infinity. */
  handedOut: number;
  /** The extent that `keep` allows at this time. */
  head(nowMs: number): Head;
  /**
   * Whether a reader at this place can read on without having missed anything. `since` is for one who has read up to
   * here from 0: what the top was when it read what comes first. Whatever was removed before that, it has never seen.
   */
  holds(offset: number, since?: number): boolean;
  /** What comes after a place that it holds, oldest first. */
  read(offset: number, limits?: RunLimits): Run;
  /** The newest entry about a subject, or of all; `null` if none is held. It may be a removal. */
  newest(subject: string | null): Entry | null;
  /**
   * Whether it is certain that whoever has read up to this place has seen the newest entry about a subject, or of all.
   */
  isNewest(offset: number, subject: string | null): boolean;
  /** Lets go of what is neither kept nor still to be handed to live readers. */
  trim(nowMs: number): void;
}
