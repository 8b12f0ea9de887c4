import type { Log } from '../log/log.ts';
import type { Payload } from '../log/payload.ts';
import { Batch } from './batch.ts';
import type { Reading } from './codec.ts';
import type { Connection } from './connection.ts';

/** The most characters of payload in one batch, unless a single publication has more. */
const maxBatchChars = 262_144;

/** The most ephemeral publications that wait for the next batch. */
const maxPassing = 100;

/** A subscription: one connection's place in one channel. There is no other state, and no queue. */
export class Cursor implements Reading {
  readonly channel: LocalChannel;
  readonly connection: Connection;
  /** Everything up to here has been given to the connection's transport, or need not be. */
  offset: number;
  /** The number of the last batch that it was given, or was there for. */
  batch: number;
  /** Where it stands in `channel.cursors`, so that leaving costs nothing. */
  index: number = -1;

  constructor(channel: LocalChannel, connection: Connection, offset: number) {
    this.channel = channel;
    this.connection = connection;
    this.offset = offset;
    this.batch = channel.batches;
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
  readonly #passing = new Map<string, Payload>();
  #passed = 0;
  /** How many batches were handed out. */
  batches = 0;
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
    return this.log.top > this.log.handedOut || this.#passing.size > 0;
  }

  /** Takes what has come since the last time as one batch, and hands it out. `null` if nothing has. */
  handOut(nowMs: number): Batch | null {
    const from = Math.max(this.log.handedOut, this.log.base);
    if (from === this.log.top && this.#passing.size === 0) return null;
    this.batches += 1;
    const batch = this.#batch(from, this.log.top - from, nowMs, [...this.#passing.values()]);
    this.#passing.clear();
    this.log.handedOut = batch.to;
    this.log.trim(nowMs);
    return batch;
  }

  /** What a cursor at `from` has missed, or the first part of it. Made once for all cursors there until `endTurn`. */
  catchUp(from: number, nowMs: number): Batch {
    let batch = this.#catchUps.get(from);
    if (batch === undefined) {
      batch = this.#batch(from, this.log.handedOut - from, nowMs, []);
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

  #batch(from: number, count: number, nowMs: number, passing: readonly Payload[]): Batch {
    const { floor } = this.log.head(nowMs);
    const entries = this.log.after(from, count, maxBatchChars);
    return new Batch({
      channel: this.name,
      epoch: this.log.epoch,
      floor,
      from,
      entries,
      passing,
      number: this.batches,
    });
  }
}
