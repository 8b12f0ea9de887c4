import type { About, Entry, Held, Keep, Run, RunLimits } from './entry.ts';
import type { Head } from './locate.ts';
import { maxHeldOver } from './log.ts';
import type { LogView } from './log-view.ts';
import type { Payload } from './payload.ts';

/**
 * A log of which only the newest entry of each subject is kept: read from its start it says what is true now, and read
 * on from any place what has changed since. Offsets are dense when they are assigned, and have holes once superseded.
 *
 * A removal is an entry too. It is kept for `keep.forMs`, so that whoever was away learns of it, and there are no more
 * of them than `keep.count`. Whoever has read up to before a removal that was let go of is told a gap, and begins anew.
 */
export class StateLog implements LogView {
  readonly epoch: string;
  handedOut: number = Number.POSITIVE_INFINITY;
  keep: Keep;
  #top = 0;
  /** The offset of the newest removal that was let go of. */
  #floor = 0;
  /** The floor that may have been told: it does not go back when a removal that need not be kept is superseded. */
  #told = 0;
  readonly #newest = new Map<string, Entry>();
  /** By offset, with entries among them that are superseded: those are swept out when they are more than half. */
  #order: Entry[] = [];
  /** The removals among `#newest`, in their order. */
  readonly #removals = new Set<Entry>();

  constructor(epoch: string, keep: Keep) {
    this.epoch = epoch;
    this.keep = keep;
  }

  /** A log that goes on from what another one held: the newest of each subject, and removals. */
  static of({ epoch, floor, top, entries }: Held, keep: Keep): StateLog {
    const log = new StateLog(epoch, keep);
    for (const entry of entries) {
      log.#newest.set(entry.about?.subject ?? '', entry);
      log.#order.push(entry);
      if (entry.about?.removes === true) log.#removals.add(entry);
    }
    log.#top = top;
    log.#floor = floor;
    return log;
  }

  get top(): number {
    return this.#top;
  }

  get base(): number {
    return this.#floor;
  }

  get size(): number {
    return this.#newest.size;
  }

  /** How many subjects there are. */
  get subjects(): number {
    return this.#newest.size - this.#removals.size;
  }

  newest(subject: string | null): Entry | null {
    if (subject !== null) return this.#newest.get(subject) ?? null;
    const last = this.#order.at(-1);
    return last !== undefined && this.#stands(last) ? last : null;
  }

  isNewest(offset: number, subject: string | null): boolean {
    if (subject === null || offset > this.#top) return offset === this.#top;
    const newest = this.newest(subject);
    return newest === null ? offset >= this.#floor : newest.offset <= offset;
  }

  /** Whether there is a subject. */
  has(subject: string): boolean {
    return this.#newest.get(subject)?.about?.removes === false;
  }

  /** Appends the next entry in the place of the one before it about the same subject. */
  append(payload: Payload, atMs: number, about: About): Entry {
    this.#top += 1;
    const entry: Entry = { offset: this.#top, payload, atMs, about };
    const before = this.#newest.get(about.subject);
    if (before?.about?.removes === true) {
      this.#told = this.head(atMs).floor;
      this.#removals.delete(before);
    }
    this.#newest.set(about.subject, entry);
    this.#order.push(entry);
    if (about.removes) this.#removals.add(entry);
    if (this.#order.length > this.#newest.size * 2 + 32) this.#order = this.#order.filter((one) => this.#stands(one));
    this.trim(atMs);
    return entry;
  }

  head(nowMs: number): Head {
    let floor = Math.max(this.#floor, this.#told);
    for (const removal of this.#forgettable(nowMs)) floor = Math.max(floor, removal.offset);
    return { epoch: this.epoch, floor, top: this.#top, newestOnly: true };
  }

  /** At 0 nothing was read yet, and so nothing missed. */
  holds(offset: number, since: number = offset): boolean {
    return offset === 0 || Math.max(offset, since) >= this.#floor;
  }

  trim(nowMs: number): void {
    for (const removal of this.#forgettable(nowMs)) {
      const tooMany = this.#removals.size > this.keep.count + maxHeldOver;
      if (removal.offset > this.handedOut && !tooMany) return;
      this.#forget(removal);
    }
  }

  read(offset: number, { count = Infinity, chars = Infinity, upTo = this.#top, least = 0 }: RunLimits = {}): Run {
    const entries: Entry[] = [];
    const to = Math.max(offset, Math.min(upTo, this.#top));
    let left = chars;
    for (let index = this.#indexAfter(offset); index < this.#order.length; index += 1) {
      const entry = this.#order[index];
      if (entry === undefined || entry.offset > upTo) break;
      if (!this.#stands(entry)) continue;
      left -= entry.payload.length;
      const full = entries.length >= count || (left < 0 && entries.length > 0);
      if (full && entry.offset > least) return { entries, to: Math.max(offset, least, entries.at(-1)?.offset ?? 0) };
      entries.push(entry);
    }
    return { entries, to };
  }

  /** The removals that `keep` does not ask for, oldest first. */
  *#forgettable(nowMs: number): Iterable<Entry> {
    let over = this.#removals.size - this.keep.count;
    for (const removal of this.#removals) {
      if (over <= 0 && removal.atMs > nowMs - this.keep.forMs) return;
      over -= 1;
      yield removal;
    }
  }

  #forget(removal: Entry): void {
    this.#removals.delete(removal);
    this.#newest.delete(removal.about?.subject ?? '');
    this.#floor = removal.offset;
  }

  #stands(entry: Entry): boolean {
    return this.#newest.get(entry.about?.subject ?? '') === entry;
  }

  /** Where in `#order` the first entry after an offset is. */
  #indexAfter(offset: number): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#order[middle]?.offset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
