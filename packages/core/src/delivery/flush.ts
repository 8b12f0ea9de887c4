import { formatPosition } from '@rt/protocol';
import { startOf } from '../log/locate.ts';
import type { Observer } from '../observe/observer.ts';
import type { Tally } from '../observe/tally.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './connection.ts';
import { FanOut } from './fan-out.ts';
import type { Cursor, LocalChannel } from './local-channel.ts';
import { WritePath } from './write-path.ts';

/** About how many bytes one turn gives to those that are behind, so that a storm of them is served in pages. */
const maxCatchUpBytes = 8_388_608;

/** About how many sockets one turn of the event loop writes: one to two milliseconds. */
const maxSocketsPerTurn = 200;

interface Turn {
  readonly nowMs: number;
  readonly root: WritePath;
  readonly touched: Connection[];
}

/**
 * Carries what was appended to the connections, once per turn of the event loop.
 *
 * Each channel that has grown is handed out as ONE batch, and not again before that batch has reached everybody: its
 * log grows meanwhile, so batches grow with the load. A connection gets one write a turn, whatever the number of its
 * channels. A cursor whose connection is slow is passed over, and reads on from the log when the connection drains.
 */
export class Flush {
  readonly #clock: Clock;
  readonly #observe: Observer;
  readonly #tally: Tally;
  readonly #grown = new Set<LocalChannel>();
  readonly #behind = new Set<Cursor>();
  /** Channels with batches that were made for cursors that are behind; they are forgotten with the turn. */
  readonly #caughtUp = new Set<LocalChannel>();
  /** Channels that have grown and may not be handed out yet, with how to let them. */
  readonly #waiting = new Map<LocalChannel, () => void>();
  #hurries = false;
  #fanOuts: FanOut[] = [];
  #scheduled = false;
  #whenIdle: (() => void)[] = [];

  constructor(clock: Clock, observe: Observer, tally: Tally) {
    this.#clock = clock;
    this.#observe = observe;
    this.#tally = tally;
  }

  /** Says that the channel's log has grown. */
  grew(channel: LocalChannel): void {
    // A channel whose batch is still under way is looked at again when it has arrived; one that waits, when it is due.
    if (channel.underWay || this.#waiting.has(channel)) return;
    this.#grown.add(channel);
    this.#schedule();
  }

  /** Gives a new connection what is there for it already, or the first part of it: nothing is trimmed before that. */
  begin(connection: Connection, cursors: readonly Cursor[]): void {
    const turn = this.#turn();
    for (const cursor of cursors) if (connection.ready) this.#step(turn, cursor);
    connection.flush();
    if (connection.ready) this.drained(cursors);
  }

  /** Says that a connection takes bytes again: those of its cursors that are behind go on in the next turn. */
  drained(cursors: readonly Cursor[]): void {
    for (const cursor of cursors) if (isBehind(cursor)) this.#behind.add(cursor);
    if (this.#behind.size > 0) this.#schedule();
  }

  /** Says that the channel's log is another one: what is under way of the one before does not lead on. */
  replaced(channel: LocalChannel): void {
    this.#abandon(channel);
    channel.underWay = false;
    this.drained(channel.cursors.filter(({ connection }) => connection.ready));
    if (channel.grown) this.grew(channel);
  }

  /**
   * Forgets a channel that nobody holds any more. It may be followed anew before the turn is over, and what is under
   * way for the old one must not count as handed out to the new one's cursors.
   */
  forget(channel: LocalChannel): void {
    this.#grown.delete(channel);
    this.#waiting.get(channel)?.();
    this.#waiting.delete(channel);
    this.#abandon(channel);
    channel.close();
  }

  #abandon(channel: LocalChannel): void {
    if (channel.underWay) this.#fanOuts = this.#fanOuts.filter((fanOut) => fanOut.channel !== channel);
  }

  /**
   * Resolves when everything that was appended has been given to every connection that takes it. From now on nothing
   * waits for its time.
   */
  async idle(): Promise<void> {
    this.#hurries = true;
    for (const [channel, cancel] of this.#waiting) {
      cancel();
      this.#waiting.delete(channel);
      this.grew(channel);
    }
    if (this.#scheduled) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** Forgets a cursor that has left. */
  left(cursor: Cursor): void {
    this.#behind.delete(cursor);
  }

  /** Whether a cursor has not been given everything because of its peer, and not because its turn has still to come. */
  isLate(cursor: Cursor): boolean {
    const { connection } = cursor;
    return isBehind(cursor) && connection.open && (!connection.ready || this.#behind.has(cursor));
  }

  #turn(): Turn {
    return { nowMs: this.#clock.now(), root: WritePath.root(), touched: [] };
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.nextTurn(() => this.#run());
  }

  #run(): void {
    this.#scheduled = false;
    const turn = this.#turn();
    this.#handOut(turn);
    this.#spread(turn, maxSocketsPerTurn - Math.min(this.#behind.size, maxSocketsPerTurn / 4));
    this.#catchUp(turn, maxSocketsPerTurn - turn.touched.length);
    for (const connection of turn.touched) connection.flush();
    for (const channel of this.#caughtUp) channel.endTurn();
    this.#caughtUp.clear();
    const { flushes } = this.#tally;
    if (flushes.any) flushes.tell({ ms: this.#clock.now() - turn.nowMs, connections: turn.touched.length });
    if (this.#grown.size > 0 || this.#behind.size > 0 || this.#fanOuts.length > 0) return this.#schedule();
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** One step each for the cursors that have waited longest, as far as the share goes. */
  #catchUp(turn: Turn, share: number): void {
    const stepped: Cursor[] = [];
    let bytes = 0;
    for (const cursor of this.#behind) {
      if (stepped.length >= share || bytes >= maxCatchUpBytes) break;
      this.#behind.delete(cursor);
      if (!cursor.connection.ready) continue;
      bytes += this.#step(turn, cursor);
      stepped.push(cursor);
    }
    for (const cursor of stepped) {
      if (cursor.connection.open && isBehind(cursor)) this.#behind.add(cursor);
    }
  }

  /** Gives a cursor the next page, or a gap; returns how many bytes that was. */
  #step(turn: Turn, cursor: Cursor): number {
    const { channel } = cursor;
    if (!cursor.held) {
      // One that is astray is not so for being slow.
      if (channel.slow === 'close' && cursor.astray === null) return this.#cutOff(cursor);
      this.#tellGap(turn, cursor);
      // A poll takes one answer: the gap is it.
      if (!cursor.connection.ready) return 0;
    }
    if (cursor.offset >= channel.handedOut) return 0;
    const batch = channel.catchUp(cursor.offset, turn.nowMs);
    this.#caughtUp.add(channel);
    this.#schedule();
    const bytes = this.#give(turn, cursor, batch);
    cursor.take(batch);
    return bytes;
  }

  /** Ends the connection of a reader that has missed something of a channel on which being late is of no use. */
  #cutOff({ channel, connection }: Cursor): number {
    this.#observe({ type: 'gap', channel: channel.name, reason: 'trimmed' });
    connection.abort();
    return 0;
  }

  #tellGap(turn: Turn, cursor: Cursor): void {
    const { channel, connection } = cursor;
    const { epoch, offset, astray } = cursor;
    const { feed } = channel;
    const leadsOn = astray !== null && feed.holds(astray.offset, 0);
    cursor.begin(leadsOn ? astray.offset : startOf(feed.head(turn.nowMs)));
    const gap = {
      channel: channel.name,
      reason: astray?.gap ?? 'trimmed',
      after: formatPosition(epoch, offset),
      position: formatPosition(cursor.epoch, cursor.offset),
    };
    this.#observe({ type: 'gap', channel: channel.name, reason: gap.reason });
    this.#push(turn, cursor, connection.encodedGap(gap));
  }

  /** Returns how many bytes that was. */
  #give(turn: Turn, cursor: Cursor, batch: Batch): number {
    const { connection } = cursor;
    const bytes = connection.encoded(batch);
    this.#push(turn, cursor, bytes);
    this.#tally.delivered += connection.toldOf(batch);
    return bytes.length;
  }

  #push(turn: Turn, { connection }: Cursor, bytes: Uint8Array): void {
    if (connection.push(turn.root, bytes)) turn.touched.push(connection);
  }

  #handOut(turn: Turn): void {
    for (const channel of this.#grown) {
      if (this.#mustWait(channel, turn.nowMs)) continue;
      const batch = channel.handOut(turn.nowMs);
      if (batch === null) continue;
      channel.underWay = true;
      this.#fanOuts.push(new FanOut(channel, batch));
    }
    this.#grown.clear();
  }

  #mustWait(channel: LocalChannel, nowMs: number): boolean {
    const waitMs = channel.dueInMs(nowMs);
    if (waitMs <= 0 || this.#hurries || !channel.grown) return false;
    const due = (): void => {
      this.#waiting.delete(channel);
      this.grew(channel);
    };
    this.#waiting.set(channel, this.#clock.timer(waitMs, due));
    return true;
  }

  /**
   * Spreads the turn's sockets over the fan-outs: the shortest first, so that a small channel does not wait for a
   * large one, but at least half for the longest, so that many small ones do not hold it up for ever.
   */
  #spread(turn: Turn, budget: number): void {
    // They stay in this order from turn to turn, so that there is little to sort.
    const all = this.#fanOuts.sort((one, other) => one.left - other.left);
    const longest = all.at(-1);
    if (longest === undefined) return;
    const forOthers = budget - Math.min(longest.left, Math.ceil(budget / 2));
    for (const fanOut of all) {
      if (fanOut === longest || turn.touched.length >= forOthers) break;
      this.#advance(turn, fanOut, forOthers);
    }
    this.#advance(turn, longest, budget);
    // Connections that are written in this turn anyway take along what else there is for them.
    for (const fanOut of all) this.#advance(turn, fanOut, 0);
    this.#fanOuts = this.#fanOuts.filter((fanOut) => this.#underWay(fanOut));
  }

  /** Goes on until the next cursor would be one socket too many. */
  #advance(turn: Turn, fanOut: FanOut, maxTouched: number): void {
    const { batch } = fanOut;
    for (let cursor = fanOut.peek(); cursor !== null; cursor = fanOut.peek()) {
      const { connection } = cursor;
      if (turn.touched.length >= maxTouched && !connection.touched) return;
      fanOut.pass();
      if (cursor.astray !== null) this.#passOver(cursor);
      else if (cursor.offset >= batch.to) this.#pass(turn, cursor, batch);
      else if (connection.ready && cursor.offset >= batch.from) {
        this.#give(turn, cursor, batch.after(cursor.offset));
        cursor.take(batch);
        cursor.batch = batch.number;
      } else this.#passOver(cursor);
    }
  }

  /** Gives a cursor that is at the batch's end what is ephemeral, unless it came later or has it already. */
  #pass(turn: Turn, cursor: Cursor, batch: Batch): void {
    const { connection } = cursor;
    const isNew = cursor.batch < batch.number && cursor.offset === batch.to;
    if (!isNew || !batch.passes || !connection.ready || !connection.takesPassing) return;
    cursor.batch = batch.number;
    this.#give(turn, cursor, batch.after(cursor.offset));
  }

  /** One whose connection is slow, or who is before the batch. */
  #passOver(cursor: Cursor): void {
    const { channel, connection } = cursor;
    if (channel.slow === 'close' && !cursor.held && cursor.astray === null) this.#cutOff(cursor);
    // It is being caught up with, or has missed in one turn what was trimmed within that turn.
    else if (connection.ready) this.#behind.add(cursor);
  }

  #underWay({ left, channel }: FanOut): boolean {
    if (left > 0) return true;
    channel.underWay = false;
    if (channel.grown) this.#grown.add(channel);
    return false;
  }
}

function isBehind({ astray, offset, channel }: Cursor): boolean {
  return astray !== null || offset < channel.handedOut;
}
