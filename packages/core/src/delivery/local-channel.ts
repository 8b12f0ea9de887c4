import type { Place } from '../log/locate.ts';
import { locate } from '../log/locate.ts';
import type { Payload } from '../log/payload.ts';
import { Batch } from './batch.ts';
import type { Reading } from './codec.ts';
import type { Connection } from './connection.ts';
import type { Feed } from './feed.ts';

/** A place before every other, of one who has not been told what is there. */
const beforeAll = -1;

const nothing: readonly Payload[] = [];

/** The most ephemeral publications that wait for the next batch. */
const maxPassing = 100;

/** A subscription: one connection's place in one channel. There is no other state, and no queue. */
export class Cursor implements Reading {
  readonly channel: LocalChannel;
  readonly connection: Connection;
  /** The log that its place is in. */
  epoch: string;
  /** Everything up to here has been given to the connection's transport, or need not be. */
  offset: number;
  /** Where it goes on, and why not from its place, if the channel's log was replaced by one that does not lead on. */
  astray: Place | null = null;
  /** The number of the last batch that it was given, or was there for. */
  batch: number;
  /** Where it stands in `channel.cursors`, so that leaving costs nothing. */
  index: number = -1;
  /** What the top was when it was given what comes first, if that began at 0. */
  #since = 0;

  constructor(channel: LocalChannel, connection: Connection, offset: number) {
    this.channel = channel;
    this.connection = connection;
    this.epoch = channel.feed.epoch;
    this.offset = offset;
    this.batch = channel.batches;
  }

  /** Begins anew at a place of the channel's log. */
  begin(offset: number): void {
    this.epoch = this.channel.feed.epoch;
    this.offset = offset;
    this.astray = null;
    this.#since = 0;
  }

  /** Comes to the end of a batch that it was given. */
  take(batch: Batch): void {
    if (this.offset === 0) this.#since = batch.top;
    this.offset = batch.to;
  }

  /** Whether it can go on without having missed anything. */
  get held(): boolean {
    return this.astray === null && this.channel.feed.holds(this.offset, this.#since);
  }

  get name(): string {
    return this.channel.name;
  }
}

/**
 * What becomes of a reader that is too slow for everything: it is told what it has missed, or it is given only the
 * newest of each subject as long as that is kept, or its connection is ended.
 */
export type SlowPolicy = 'resume' | 'conflate' | 'close';

/** Where a local channel is held. */
export interface Holder {
  /** Gives back one hold. */
  release(name: string): void;
}

/** A channel that this node follows, with the cursors of this node's connections. */
export class LocalChannel<Handed extends Feed = Feed> {
  readonly name: string;
  readonly slow: SlowPolicy;
  readonly holder: Holder;
  readonly #cursors: Cursor[] = [];
  readonly #catchUps = new Map<number, Batch>();
  readonly #passing = new Map<string, Payload>();
  #feed: Handed;
  #passed = 0;
  #handedOutAtMs = Number.NEGATIVE_INFINITY;
  /** Up to here it is handed out, in as many batches as that takes, without waiting again. */
  #dueUpTo = 0;
  /** How many batches were handed out. */
  batches = 0;
  /** Whether its last batch has not reached every cursor yet. Kept by the flush. */
  underWay = false;

  constructor(name: string, { feed, slow, holder }: Pick<LocalChannel<Handed>, 'feed' | 'slow' | 'holder'>) {
    this.name = name;
    this.#feed = feed;
    this.slow = slow;
    this.holder = holder;
    feed.handedOut = feed.top;
  }

  get feed(): Handed {
    return this.#feed;
  }

  /** Hands out another log from here on. Cursors whose place is not in it go astray. */
  replace(feed: Handed, nowMs: number): void {
    this.#exchange(feed);
    const head = feed.head(nowMs);
    for (const cursor of this.#cursors) {
      const { epoch, offset } = cursor;
      const place = locate({ type: 'after', position: { epoch, offset } }, head);
      cursor.astray = place.gap === null ? null : place;
    }
  }

  /** Hands out another feed from here on, which tells everybody all that is true. */
  restart(feed: Handed): void {
    this.#exchange(feed);
    for (const cursor of this.#cursors) cursor.begin(beforeAll);
  }

  /**
   * Its cursors, in no order that matters. A cursor that leaves is replaced by the last one: whoever walks from the
   * end to the beginning meets every cursor that stays at least once.
   */
  get cursors(): readonly Cursor[] {
    return this.#cursors;
  }

  /** Fast readers have been given, or are just being given, everything up to here. Slower ones catch up to here. */
  get handedOut(): number {
    return this.feed.handedOut;
  }

  add(cursor: Cursor): void {
    cursor.index = this.#cursors.push(cursor) - 1;
  }

  remove(cursor: Cursor): void {
    const last = this.#cursors.pop();
    if (last === undefined || last === cursor) return;
    this.#cursors[cursor.index] = last;
    last.index = cursor.index;
  }

  /** Takes along an ephemeral publication with the next batch. Of too many, or of one key, the newest. */
  pass(payload: Payload, key: string | null): void {
    const name = key ?? `#${(this.#passed += 1)}`;
    this.#passing.delete(name);
    this.#passing.set(name, payload);
    if (this.#passing.size <= maxPassing) return;
    for (const oldest of this.#passing.keys()) {
      this.#passing.delete(oldest);
      return;
    }
  }

  /** Whether there is something to hand out. */
  get grown(): boolean {
    return this.feed.top > this.feed.handedOut || this.#passing.size > 0;
  }

  /** How long it has to wait until it may be handed out. */
  dueInMs(nowMs: number): number {
    return this.feed.handedOut < this.#dueUpTo ? 0 : this.#handedOutAtMs + this.feed.everyMs - nowMs;
  }

  /** Takes what has come since the last time as one batch, and hands it out. `null` if nothing has. */
  handOut(nowMs: number): Batch | null {
    if (!this.grown) return null;
    const { feed } = this;
    this.batches += 1;
    // Whoever is behind is given what leads to the new end.
    this.#catchUps.clear();
    if (feed.handedOut >= this.#dueUpTo) {
      this.#dueUpTo = feed.top;
      this.#handedOutAtMs = nowMs;
    }
    const from = Math.max(feed.handedOut, feed.base);
    const passing = this.#passing.size === 0 ? nothing : [...this.#passing.values()];
    const batch = new Batch(feed.says(from, feed.top, { pace: 'live', nowMs, passing }), this.batches, feed.top);
    if (passing !== nothing) this.#passing.clear();
    feed.handedOut = batch.to;
    feed.trim(nowMs);
    return batch;
  }

  /** What a cursor at `from` has missed, or the first part of it. Made once in a turn for all cursors there. */
  catchUp(from: number, nowMs: number): Batch {
    let batch = this.#catchUps.get(from);
    if (batch === undefined) {
      const says = this.feed.says(from, this.feed.handedOut, { pace: 'behind', nowMs, passing: [] });
      batch = new Batch(says, this.batches, this.feed.top);
      this.#catchUps.set(from, batch);
    }
    return batch;
  }

  /** Lets the log trim as if nobody read it live. */
  close(): void {
    this.feed.handedOut = Number.POSITIVE_INFINITY;
  }

  #exchange(feed: Handed): void {
    this.close();
    feed.handedOut = feed.top;
    this.#feed = feed;
    this.#catchUps.clear();
    this.#dueUpTo = 0;
  }

  /** Forgets the batches of a turn that is over. */
  endTurn(): void {
    this.#catchUps.clear();
  }
}
