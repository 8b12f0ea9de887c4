import type { Log } from '../log/log.ts';
import { Batch } from './batch.ts';
import type { Reading } from './codec.ts';
import type { Connection } from './connection.ts';

/** The most characters of payload in one batch, unless a single publication has more. */
const maxBatchChars = 262_144;

/** A subscription: one connection's place in one channel. There is no other state, and no queue. */
export class Cursor implements Reading {
  readonly channel: LocalChannel;
  readonly connection: Connection;
  /** Everything up to here has been given to the connection's transport, or need not be. */
  offset: number;
  /** Where it stands in `channel.cursors`, so that leaving costs nothing. */
  index: number = -1;

  constructor(channel: LocalChannel, connection: Connection, offset: number) {
    this.channel = channel;
    this.connection = connection;
    this.offset = offset;
  }

  get name(): string {
    return this.channel.name;
  }

  get epoch(): string {
    return this.channel.log.epoch;
  }
}

/** What becomes of a reader that has missed something: it is told, or its connection is ended. */
export type SlowPolicy = 'resume' | 'close';

/** A channel that this node follows, with the cursors of this node's connections. */
export class LocalChannel {
  readonly name: string;
  readonly log: Log;
  readonly #cursors: Cursor[] = [];
  readonly #catchUps = new Map<number, Batch>();
  /** Whether its last batch has not reached every cursor yet. Kept by the flush. */
  underWay = false;
  readonly slow: SlowPolicy;

  constructor(name: string, log: Log, slow: SlowPolicy) {
    this.name = name;
    this.log = log;
    this.slow = slow;
    log.handedOut = log.top;
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
    return this.log.handedOut;
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

  /** Takes what has come since the last time as one batch, and hands it out. `null` if nothing has. */
  handOut(nowMs: number): Batch | null {
    const from = Math.max(this.log.handedOut, this.log.base);
    if (from === this.log.top) return null;
    const batch = this.#batch(from, this.log.top - from, nowMs);
    this.log.handedOut = batch.to;
    this.log.trim(nowMs);
    return batch;
  }

  /** What a cursor at `from` has missed, or the first part of it. Made once for all cursors there until `endTurn`. */
  catchUp(from: number, nowMs: number): Batch {
    let batch = this.#catchUps.get(from);
    if (batch === undefined) {
      batch = this.#batch(from, this.log.handedOut - from, nowMs);
      this.#catchUps.set(from, batch);
    }
    return batch;
  }

  /** Lets the log trim as if nobody read it live. */
  close(): void {
    this.log.handedOut = Number.POSITIVE_INFINITY;
  }

  /** Forgets the batches of a turn that is over. */
  endTurn(): void {
    this.#catchUps.clear();
  }

  #batch(from: number, count: number, nowMs: number): Batch {
    const { floor } = this.log.head(nowMs);
    const entries = this.log.after(from, count, maxBatchChars);
    return new Batch({ channel: this.name, epoch: this.log.epoch, floor, from, entries });
  }
}
