import type { About, Keep, Start } from '@rt/core';
import type { GapReason } from '@rt/protocol';
import type { Moment } from './journal.ts';

/** One publication that a log has accepted. */
export interface Accepted {
  /** What was published: a number that no other publication has. */
  readonly data: number;
  readonly key: string | null;
  readonly about: About | null;
  readonly at: Moment;
}

export interface Stored extends Accepted {
  readonly offset: number;
  /** The next one about the same subject. */
  next: Stored | null;
  /** When a removal was let go of because there were too many. */
  pushedOut: Moment | null;
}

/** A place to read on from, and why it is not the one that was asked for. */
export interface Verdict {
  readonly offset: number;
  readonly gap: GapReason | null;
}

/** One epoch of a channel's log: the truth that everything is compared with. */
export class Life {
  readonly channel: string;
  readonly epoch: string;
  readonly born: Moment;
  /** Whether only the newest of each subject is kept. */
  readonly newestOnly: boolean;
  readonly stored: Stored[] = [];
  readonly #keep: Keep;
  readonly #newest = new Map<string, Stored>();

  constructor(channel: string, epoch: string, born: Moment, keep: Keep) {
    this.channel = channel;
    this.epoch = epoch;
    this.born = born;
    this.newestOnly = channel.startsWith('state:');
    this.#keep = keep;
  }

  /** Whether more may have come at once than the log holds for those who are not slow. */
  get overran(): boolean {
    return this.stored.length > 1000;
  }

  /** Whether there are as many subjects as may be. */
  get full(): boolean {
    return this.#standing(false).length >= this.#keep.count;
  }

  add(accepted: Accepted): void {
    const stored: Stored = { ...accepted, offset: this.stored.length + 1, next: null, pushedOut: null };
    this.stored.push(stored);
    if (stored.about === null) return;
    const before = this.#newest.get(stored.about.subject);
    if (before !== undefined) before.next = stored;
    this.#newest.set(stored.about.subject, stored);
    const removals = this.newestOnly ? this.#standing(true) : [];
    for (const removal of removals.slice(0, Math.max(0, removals.length - this.#keep.count))) {
      removal.pushedOut = accepted.at;
    }
  }

  /** The newest about a subject, or of all. */
  newest(subject: string | null): Stored | null {
    return (subject === null ? this.stored.at(-1) : this.#newest.get(subject)) ?? null;
  }

  /** The newest offset at a moment. */
  top(at: Moment): number {
    let low = 0;
    let high = this.stored.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.stored[middle]?.at.order ?? 0) < at.order) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The moments between two others at which something was stored. */
  momentsBetween(earliest: Moment, latest: Moment): readonly Moment[] {
    return this.stored.slice(this.top(earliest), this.top(latest)).map(({ at }) => ({ ...at, order: at.order + 0.5 }));
  }

  /** The oldest place at a moment from which nothing was missed. */
  floor(at: Moment): number {
    const top = this.top(at);
    if (this.newestOnly) {
      return this.stored.slice(0, top).findLast((one) => this.forgotten(one, at))?.offset ?? 0;
    }
    let floor = Math.max(0, top - this.#keep.count);
    while (floor < top && (this.stored[floor]?.at.atMs ?? 0) <= at.atMs - this.#keep.forMs) floor += 1;
    return floor;
  }

  /** Whether a removal need not be told any more at a moment, to those who know nothing of its subject. */
  forgotten({ about, at: { atMs }, next, pushedOut }: Stored, at: Moment): boolean {
    if (!this.newestOnly || about?.removes !== true) return false;
    const untilMs = atMs + this.#keep.forMs;
    const expired = untilMs <= at.atMs && (next === null || next.at.atMs >= untilMs);
    return expired || (pushedOut !== null && pushedOut.order < at.order);
  }

  /** Where a reader begins that asks at a moment. */
  verdict(start: Start, at: Moment): Verdict {
    const top = this.top(at);
    const floor = this.floor(at);
    const begin = this.newestOnly ? 0 : floor;
    if (start.type === 'live') return { offset: top, gap: null };
    if (start.type === 'start') return { offset: begin, gap: null };
    if (start.type === 'last') return { offset: Math.max(floor, top - start.count), gap: null };
    const { epoch, offset } = start.position;
    if (epoch !== this.epoch) return { offset: begin, gap: 'epoch_changed' };
    if (offset > top) return { offset: this.newestOnly ? 0 : top, gap: 'ahead' };
    if (offset < floor && !(this.newestOnly && offset === 0)) return { offset: begin, gap: 'trimmed' };
    return { offset, gap: null };
  }

  #standing(removes: boolean): Stored[] {
    return this.stored.filter((one) => one.about?.removes === removes && one.next === null && one.pushedOut === null);
  }
}
