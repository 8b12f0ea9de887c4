import { conflated, fitting } from '../log/conflate.ts';
import type { Run } from '../log/entry.ts';
import type { Head } from '../log/locate.ts';
import type { LogView } from '../log/log-view.ts';
import type { Said } from './batch.ts';
import type { Feed, Telling } from './feed.ts';

/** The most characters of payload in one batch, unless a single publication has more. */
const maxBatchChars = 262_144;

/** How a channel's publications are handed out. */
export interface PublicationFeedOptions {
  /** Whether whoever does not get everything at once gets of each subject only the newest. */
  readonly conflates: boolean;
  readonly everyMs: number;
}

/** The publications of one channel. */
export class PublicationFeed implements Feed {
  readonly everyMs: number;
  readonly #channel: string;
  readonly #log: LogView;
  readonly #conflates: boolean;

  constructor(channel: string, log: LogView, { conflates, everyMs }: PublicationFeedOptions) {
    this.#channel = channel;
    this.#log = log;
    this.#conflates = conflates;
    this.everyMs = everyMs;
  }

  get epoch(): string {
    return this.#log.epoch;
  }

  get top(): number {
    return this.#log.top;
  }

  get base(): number {
    return this.#log.base;
  }

  get handedOut(): number {
    return this.#log.handedOut;
  }

  set handedOut(offset: number) {
    this.#log.handedOut = offset;
  }

  get skips(): boolean {
    return this.#conflates || this.#log.keep.newestOnly === true;
  }

  head(nowMs: number): Head {
    return this.#log.head(nowMs);
  }

  holds(offset: number, since: number): boolean {
    return this.#log.holds(offset, since);
  }

  says(from: number, upTo: number, { pace, nowMs, passing }: Telling): Said {
    const conflates = this.#conflates && (pace === 'behind' || this.everyMs > 0);
    const { entries, to } = conflates ? this.#newest(from, upTo) : this.#log.read(from, { upTo, chars: maxBatchChars });
    const { floor } = this.#log.head(nowMs);
    return { type: 'publications', channel: this.#channel, epoch: this.epoch, floor, from, to, entries, passing };
  }

  trim(nowMs: number): void {
    this.#log.trim(nowMs);
  }

  #newest(from: number, upTo: number): Run {
    const { entries, to } = this.#log.read(from, { upTo });
    const newest = conflated(entries);
    const first = fitting(newest, maxBatchChars);
    return { entries: first, to: first.length < newest.length ? (first.at(-1)?.offset ?? to) : to };
  }
}
