import type { Head } from './locate.ts';
import type { Payload } from './payload.ts';

/** One kept publication. `offset` is exactly one more than that of the entry before it. */
export interface Entry {
  readonly offset: number;
  readonly payload: Payload;
  /** When it was appended, on the hub's clock. */
  readonly atMs: number;
}

/** How much of a channel is kept. Both limits hold; whichever is reached first trims. */
export interface Keep {
  /** The most publications that are kept. */
  readonly count: number;
  /** How long a publication is kept, in milliseconds. */
  readonly forMs: number;
}

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
export class Log {
  readonly epoch: string;
  /** Live readers have been handed everything up to this offset. Without live readers: Infinity. */
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

  get keep(): Keep {
    return this.#keep;
  }

  set keep(keep: Keep) {
    this.#keep = keep;
  }

  /** The newest offset; 0 before the first append. */
  get top(): number {
    return this.#top;
  }

  /** The offset before the oldest entry that is held. */
  get base(): number {
    return this.#base;
  }

  /** How many entries are held. */
  get size(): number {
    return this.#top - this.#base;
  }

  /** Appends the next publication, trims, and returns the entry. */
  append(payload: Payload, atMs: number): Entry {
    if (this.size === this.#ring.length) this.#grow();
    this.#top += 1;
    const entry: Entry = { offset: this.#top, payload, atMs };
    this.#ring[entry.offset & (this.#ring.length - 1)] = entry;
    this.trim(atMs);
    return entry;
  }

  /** The extent that `keep` allows at this time. */
  head(nowMs: number): Head {
    return { epoch: this.epoch, floor: this.#floor(nowMs), top: this.#top };
  }

  /** Lets go of what is neither kept nor still to be handed to live readers. */
  trim(nowMs: number): void {
    const hardFloor = this.#top - this.#keep.count - maxHeldOver;
    const floor = Math.max(hardFloor, Math.min(this.#floor(nowMs), this.handedOut));
    const mask = this.#ring.length - 1;
    while (this.#base < floor) {
      this.#base += 1;
      this.#ring[this.#base & mask] = undefined;
    }
  }

  /**
   * The entries after `offset`, oldest first: at most `count`, and at most `chars` characters of payload unless the
   * first alone has more. `offset` MUST NOT be below `base`.
   */
  after(offset: number, count: number, chars: number = Number.POSITIVE_INFINITY): readonly Entry[] {
    if (offset < this.#base) throw new RangeError(`the log holds what comes after ${this.#base}, not after ${offset}`);
    const entries: Entry[] = [];
    const last = Math.min(this.#top, offset + count);
    let left = chars;
    for (let next = offset + 1; next <= last; next += 1) {
      const entry = this.#ring[next & (this.#ring.length - 1)];
      if (entry === undefined) break;
      left -= entry.payload.length;
      if (left < 0 && entries.length > 0) break;
      entries.push(entry);
    }
    return entries;
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
