import type { Position, Start } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import { locate } from '../log/locate.ts';
import type { About, Keep } from '../log/entry.ts';
import { Log } from '../log/log.ts';
import { StateLog } from '../log/state-log.ts';
import type { Payload } from '../log/payload.ts';
import type { Clock, Random } from '../runtime/clock.ts';
import { randomText, systemClock } from '../runtime/clock.ts';
import { RecentKeys } from './recent-keys.ts';
import type {
  AppendOptions,
  Broker,
  BrokerCapabilities,
  BrokerPage,
  BrokerSink,
  Conditional,
  Followed,
  Receipt,
} from './broker.ts';

/** Options of {@link memoryBroker}. */
export interface MemoryBrokerOptions {
  /**
   * How long a channel that nobody follows is remembered after its last publication has expired. Until then a client
   * that missed nothing can still be told so; afterwards its position is of another epoch.
   * @default 3_600_000
   */
  readonly forgetAfterMs?: number;
  /** @default systemClock */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
}

/**
 * Keeps all logs in this process: for one node, for tests, and as the model that other brokers are compared with.
 * Everything takes effect within the call; the promises are already resolved.
 */
export function memoryBroker(options: MemoryBrokerOptions = {}): Broker {
  return new MemoryBroker(
    options.clock ?? systemClock,
    options.random ?? Math.random,
    options.forgetAfterMs ?? 3_600_000,
  );
}

interface Row {
  readonly log: Log | StateLog;
  /** Made by the first append with a key. */
  keys: RecentKeys | null;
  followed: boolean;
  /** When the log was last seen in use. */
  usedAtMs: number;
}

const sweepEveryMs = 10_000;

class MemoryBroker implements Broker {
  readonly capabilities: BrokerCapabilities = { kept: true, continuity: 'dense', reach: 'process' };
  readonly #clock: Clock;
  readonly #forgetAfterMs: number;
  readonly #rows = new Map<string, Row>();
  // Channels share an epoch until one that had publications is forgotten: only then could an old position be mistaken.
  readonly #incarnation: string;
  #generation = 0;
  #sink: BrokerSink | null = null;
  #closed = false;
  #cancelSweep: (() => void) | null = null;

  constructor(clock: Clock, random: Random, forgetAfterMs: number) {
    this.#clock = clock;
    this.#forgetAfterMs = forgetAfterMs;
    this.#incarnation = randomText(random, 8);
  }

  async open(sink: BrokerSink): Promise<void> {
    this.#check();
    if (this.#sink !== null) {
      throw new RtError('broker_failed', 'a memory broker belongs to one hub, and this one has a hub; create another');
    }
    this.#sink = sink;
  }

  async follow(channel: string, keep: Keep): Promise<Followed> {
    this.#check();
    const row = this.#row(channel, keep);
    row.followed = true;
    const now = this.#clock.now();
    row.log.trim(now);
    return { ...row.log.head(now), log: row.log };
  }

  async unfollow(channel: string): Promise<void> {
    const row = this.#rows.get(channel);
    if (row === undefined) return;
    row.followed = false;
    row.usedAtMs = this.#clock.now();
    row.log.trim(row.usedAtMs);
    if (row.log.top === 0) this.#rows.delete(channel);
  }

  async append(channel: string, payload: Payload, options: AppendOptions): Promise<Receipt> {
    this.#check();
    return this.#append(this.#row(channel, options.keep), channel, payload, options);
  }

  async appendAfter(
    channel: string,
    { epoch, offset }: Position,
    payload: Payload,
    options: AppendOptions,
  ): Promise<Conditional> {
    this.#check();
    const row = this.#row(channel, options.keep);
    const { log } = row;
    log.trim(this.#clock.now());
    const subject = options.about?.subject ?? null;
    const isNext = epoch === log.epoch && log.isNewest(offset, subject);
    const receipt = isNext ? this.#append(row, channel, payload, options) : this.#repeated(row, options);
    if (receipt !== null) return { type: 'appended', receipt };
    const { floor, newestOnly } = log.head(this.#clock.now());
    const newest = log.newest(subject);
    const kept = newest !== null && (newestOnly || newest.offset > floor) ? newest : null;
    return { type: 'conflict', conflict: { epoch: log.epoch, offset: newest?.offset ?? log.top, newest: kept } };
  }

  async pass(channel: string, payload: Payload, key: string | null): Promise<void> {
    this.#check();
    if (this.#rows.get(channel)?.followed === true) this.#sink?.passed(channel, payload, key);
  }

  /** The place of the publication that was stored with this key, or `null`. */
  #repeated({ keys, log }: Row, { key = null }: AppendOptions): Receipt | null {
    const known = key === null ? null : (keys?.find(key, this.#clock.now()) ?? null);
    if (known !== null) return { epoch: log.epoch, offset: known, repeated: true };
    return null;
  }

  #append(row: Row, channel: string, payload: Payload, options: AppendOptions): Receipt {
    const { log } = row;
    const { keep, about = null, key = null } = options;
    const repeated = this.#repeated(row, options);
    if (repeated !== null) return repeated;
    const now = this.#clock.now();
    log.keep = keep;
    const entry =
      log instanceof Log
        ? log.append(payload, now, about)
        : log.append(payload, now, withRoom(log, channel, { about, keep }));
    if (key !== null) (row.keys ??= new RecentKeys()).add(key, entry.offset, now);
    row.usedAtMs = now;
    if (row.followed) this.#sink?.appended(channel, entry);
    return { epoch: log.epoch, offset: entry.offset, repeated: false };
  }

  async read(channel: string, start: Start, limit: number): Promise<BrokerPage> {
    this.#check();
    const log = this.#rows.get(channel)?.log;
    if (log === undefined) return { epoch: this.#epoch(), floor: 0, top: 0, newestOnly: false, entries: [], to: 0 };
    const now = this.#clock.now();
    log.trim(now);
    const head = log.head(now);
    // A reader of a state may not stop before the floor: nobody could tell it from one who has missed the removals.
    const least = limit === 0 ? 0 : head.floor;
    return { ...head, ...log.read(locate(start, head).offset, { count: limit, least }) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#sink = null;
    this.#cancelSweep?.();
    this.#cancelSweep = null;
    this.#rows.clear();
  }

  #check(): void {
    if (this.#closed) throw new RtError('broker_failed', 'the memory broker is closed');
  }

  #epoch(): string {
    return this.#generation === 0 ? this.#incarnation : `${this.#incarnation}${this.#generation.toString(36)}`;
  }

  #row(channel: string, keep: Keep): Row {
    let row = this.#rows.get(channel);
    if (row === undefined) {
      const log = keep.newestOnly === true ? new StateLog(this.#epoch(), keep) : new Log(this.#epoch(), keep);
      row = { log, keys: null, followed: false, usedAtMs: this.#clock.now() };
      this.#rows.set(channel, row);
      this.#cancelSweep ??= this.#clock.timer(sweepEveryMs, () => this.#sweep());
    }
    return row;
  }

  /** Lets go of expired publications of quiet channels, and of channels that nobody has used for long. */
  #sweep(): void {
    const now = this.#clock.now();
    for (const [channel, row] of this.#rows) {
      row.log.trim(now);
      if (row.followed || row.log.size > 0 || now - row.usedAtMs < this.#forgetAfterMs) continue;
      this.#rows.delete(channel);
      this.#generation += 1;
    }
    this.#cancelSweep = this.#rows.size > 0 ? this.#clock.timer(sweepEveryMs, () => this.#sweep()) : null;
  }
}

/** What it is about, for which there is room. @throws RtError `state_full`, `broker_failed` */
function withRoom(log: StateLog, channel: string, { about = null, keep }: AppendOptions): About {
  if (about === null) throw new RtError('broker_failed', `a publication to "${channel}" must be about something`);
  if (about.removes || log.has(about.subject) || log.subjects < keep.count) return about;
  throw new RtError(
    'state_full',
    `"${channel}" holds ${log.subjects} keys, and keep.count is ${keep.count}; remove some, or raise the limit`,
  );
}
