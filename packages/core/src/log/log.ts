import type { About, Entry, Held, Keep, Run, RunLimits } from './entry.ts';
import type { Head } from './locate.ts';
import type { LogView } from './log-view.ts';
import type { Payload } from './payload.ts';

/**
 * The most entries that are held over `keep.count` because they have not been handed to the live readers yet. A log
 * never holds more than `keep.count + maxHeldOver` entries.
 */
export const maxHeldOver = 1024;

/**
 * A bounded, append-only log with dense offsets. It knows no clock: the caller passes the time.
 *
 * What it tells (`head`) follows `keep` exactly. What it holds may reach a little further back: entries that live
 * readers have not been given yet (see `handedOut`) are not trimmed away under them within one turn.
 */
export class Log implements LogView {
  readonly epoch: string;
  handedOut: number = Number.POSITIVE_INFINITY;
  #keep: Keep;
  #top = 0;
  #base = 0;
  // A ring addressed by offset: its size is a power of two, and the entry of an offset is at `offset & mask`.
  #ring: (Entry | undefined)[] = [undefined, undefined];

  constructor(epoch: string, keep: Keep) {
    this.epoch = epoch;
    this.#keep = keep;
  }

  /** A log that goes on from what another one held. Its entries MUST lead from its floor to its top. */
  static of({ epoch, floor, entries }: Held, keep: Keep): Log {
    const log = new Log(epoch, keep);
    log.#top = floor;
    log.#base = floor;
    for (const { payload, atMs, about } of entries) log.append(payload, atMs, about);
    return log;
  }

  get keep(): Keep {
    return this.#keep;
  }

  set keep(keep: Keep) {
    this.#keep = keep;
  }

  get top(): number {
    return this.#top;
  }

  /** The offset before the oldest entry that is held. */
  get base(): number {
    return this.#base;
  }

  get size(): number {
    return this.#top - this.#base;
  }

  /** Appends the next publication, trims, and returns the entry. */
  append(payload: Payload, atMs: number, about: About | null = null): Entry {
    if (this.size === this.#ring.length) this.#grow();
    this.#top += 1;
    const entry: Entry = { offset: this.#top, payload, atMs, about };
    this.#ring[entry.offset & (this.#ring.length - 1)] = entry;
    this.trim(atMs);
    return entry;
  }

  head(nowMs: number): Head {
    return { epoch: this.epoch, floor: this.#floor(nowMs), top: this.#top, newestOnly: false };
  }

  holds(offset: number): boolean {
    return offset >= this.#base;
  }

  trim(nowMs: number): void {
    const hardFloor = this.#top - this.#keep.count - maxHeldOver;
    const floor = Math.max(hardFloor, Math.min(this.#floor(nowMs), this.handedOut));
    const mask = this.#ring.length - 1;
    while (this.#base < floor) {
      this.#base += 1;
      this.#ring[this.#base & mask] = undefined;
    }
  }

  read(offset: number, { count = Infinity, chars = Infinity, upTo = this.#top }: RunLimits = {}): Run {
    if (offset < this.#base) throw new RangeError(`the log holds what comes after ${this.#base}, not after ${offset}`);
    const entries: Entry[] = [];
    const to = Math.min(this.#top, offset + count, upTo);
    let left = chars;
    for (let next = offset + 1; next <= to; next += 1) {
      const entry = this.#ring[next & (this.#ring.length - 1)];
      if (entry === undefined) break;
      left -= entry.payload.length;
      if (left < 0 && entries.length > 0) break;
      entries.push(entry);
    }
    return { entries, to: offset + entries.length };
  }

  newest(subject: string | null): Entry | null {
    return this.#newestAfter(this.#base, subject);
  }

  isNewest(offset: number, subject: string | null): boolean {
    if (subject === null || offset > this.#top) return offset === this.#top;
    return this.holds(offset) && this.#newestAfter(offset, subject) === null;
  }

  #newestAfter(base: number, subject: string | null): Entry | null {
    for (let offset = this.#top; offset > base; offset -= 1) {
      const entry = this.#ring[offset & (this.#ring.length - 1)];
      if (entry !== undefined && (subject === null || entry.about?.subject === subject)) return entry;
    }
    return null;
  }

  #floor(nowMs: number): number {
    let floor = Math.max(this.#base, this.#top - this.#keep.count);
    const mask = this.#ring.length - 1;
    const oldest = nowMs - this.#keep.forMs;
    while (floor < this.#top && (this.#ring[(floor + 1) & mask]?.atMs ?? 0) <= oldest) floor += 1;
    return floor;
  }

  #grow(): void {
    const ring = this.#ring;
    const larger: (Entry | undefined)[] = Array.from({ length: ring.length * 2 });
    for (const entry of ring) if (entry !== undefined) larger[entry.offset & (larger.length - 1)] = entry;
    this.#ring = larger;
  }
}
