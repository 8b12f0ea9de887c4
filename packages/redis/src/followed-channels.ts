import type { BrokerPage, BrokerSink, Clock, Entry, Keep } from '@rt/core';
import { locate, Log, StateLog } from '@rt/core';
import { parseEntry } from './entry-text.ts';
import type { LogNames } from './keys.ts';
import { channelNames } from './keys.ts';
import type { LiveMessage } from './live-message.ts';
import { parseLive } from './live-message.ts';
import { OrderedSteps } from './ordered-steps.ts';
import type { RedisDriver } from './redis-driver.ts';
import type { RedisLogs, Seen } from './redis-log.ts';

/** A channel that is followed, with all that its log of record holds. */
interface Row {
  readonly channel: string;
  /** Of its pub/sub channel. */
  readonly name: string;
  readonly keep: Keep;
  /** `null` until it has been read. */
  log: Log | StateLog | null;
  /** The branch of the server's history on which it was seen last. */
  branch: string;
  /** What was said before that. */
  readonly early: Extract<LiveMessage, { readonly type: 'appended' }>[];
  ready: Promise<Log | StateLog>;
  /** Whether it is being compared with the log of record, and whether it has to be once more. */
  checking: 'no' | 'yes' | 'again';
  checked: Promise<void>;
}

/** What following needs. */
export interface FollowingOptions {
  readonly driver: RedisDriver;
  readonly logs: RedisLogs;
  readonly prefix: string;
  /** Where the logs are. @default those of channels */
  readonly names?: LogNames;
  readonly sink: BrokerSink;
  readonly clock: Clock;
}

/** All that is kept, which is bounded by `keep.count`. */
const everything = Number.MAX_SAFE_INTEGER;
/** How many channels are compared at once. */
const maxChecks = 16;

/**
 * The channels that this node follows. Each is held whole, so that readers read here, however far they are behind. What is
 * said of it is taken only if it leads on; whatever does not is a reason to look at the log of record.
 */
export class FollowedChannels {
  /** How often what had not been heard of was read, and handed on in order. */
  repairs = 0;
  /** How often a log did not lead on, and was replaced. */
  replaced = 0;
  readonly #options: FollowingOptions;
  readonly #names: LogNames;
  /** By the names of their pub/sub channels. */
  readonly #rows = new Map<string, Row>();
  readonly #steps = new OrderedSteps();

  constructor(options: FollowingOptions) {
    this.#options = options;
    this.#names = options.names ?? channelNames(options.prefix);
  }

  async follow(channel: string, keep: Keep): Promise<Log | StateLog> {
    const name = this.#names.live(channel);
    let row = this.#rows.get(name);
    if (row === undefined) {
      const fresh: Omit<Row, 'ready'> = {
        channel,
        name,
        keep,
        log: null,
        branch: '',
        early: [],
        checking: 'no',
        checked: done,
      };
      row = Object.assign(fresh, { ready: this.#steps.run(name, () => this.#begin(fresh as Row)) });
      this.#rows.set(name, row);
    }
    try {
      return await row.ready;
    } catch (cause) {
      // If there is no connection to say it on, there is no subscription either.
      if (this.#rows.get(name) === row) void this.unfollow(channel).catch(() => {});
      throw cause;
    }
  }

  async unfollow(channel: string): Promise<void> {
    const name = this.#names.live(channel);
    if (this.#rows.delete(name)) await this.#steps.run(name, () => this.#options.driver.unsubscribe(name));
  }

  /** What is known here of a channel, if it is followed. */
  seen(channel: string): Seen | null {
    const row = this.#rows.get(this.#names.live(channel));
    return row === undefined || row.log === null ? null : seenOf(row.log, row.branch);
  }

  /** Takes what was said in a pub/sub channel. False if it is not one of these. */
  take(name: string, text: string): boolean {
    const row = this.#rows.get(name);
    if (row === undefined) return false;
    const message = parseLive(text);
    if (message.type === 'passed') {
      if (row.log !== null) this.#options.sink.passed(row.channel, message.payload, message.key);
    } else if (message.type === 'renewed') {
      if (row.log !== null) void this.#check(row);
    } else if (row.log === null) row.early.push(message);
    else this.#appended(row, row.log, message);
    return true;
  }

  /** Compares a channel with its log of record, as it is from now on. */
  async catchUp(channel: string): Promise<void> {
    const row = this.#rows.get(this.#names.live(channel));
    if (row !== undefined) await this.#check(row);
  }

  /** Compares all channels with their logs of record: something may have been said that was not heard. */
  async check(): Promise<void> {
    const rows = [...this.#rows.values()].filter(({ log }) => log !== null);
    const checkNext = async (): Promise<void> => {
      for (let row = rows.pop(); row !== undefined; row = rows.pop()) await this.#check(row);
    };
    await Promise.all(Array.from({ length: maxChecks }, checkNext));
  }

  /** Nothing reaches the sink any more. */
  close(): void {
    this.#rows.clear();
  }

  async #begin(row: Row): Promise<Log | StateLog> {
    const { driver, logs } = this.#options;
    await driver.subscribe(row.name);
    const page = await logs.read(row.channel, { type: 'start' }, everything);
    const log = logOf(page, row.keep);
    row.log = log;
    row.branch = page.branch;
    for (const message of row.early.splice(0)) {
      const entry = this.#next(row, log, message);
      // What was appended before this resolves does not reach the sink.
      if (entry !== null) append(log, entry);
    }
    return log;
  }

  #appended(row: Row, log: Log | StateLog, message: Row['early'][number]): void {
    const entry = this.#next(row, log, message);
    if (entry !== null) this.#options.sink.appended(row.channel, append(log, entry));
  }

  /** What was said, if it is the next of this log. If it does not lead on, the log of record is looked at. */
  #next(row: Row, log: Log | StateLog, { epoch, branch, entry: text }: Row['early'][number]): Entry | null {
    const entry = parseEntry(text, () => this.#options.clock.now());
    const isSame = epoch === log.epoch && branch === row.branch;
    if (isSame && entry.offset === log.top + 1) return entry;
    if (!isSame || entry.offset > log.top) void this.#check(row);
    return null;
  }

  #check(row: Row): Promise<void> {
    if (row.checking === 'no') row.checked = this.#checkNow(row);
    else row.checking = 'again';
    return row.checked;
  }

  async #checkNow(row: Row): Promise<void> {
    const { sink } = this.#options;
    try {
      do {
        row.checking = 'yes';
        await this.#compare(row);
      } while (this.#isAsked(row));
    } catch (cause) {
      // It is looked at again when the connection is back, and now and then.
      sink.troubled(cause);
    }
    row.checking = 'no';
  }

  #isAsked({ checking }: Row): boolean {
    return checking === 'again';
  }

  async #compare(row: Row): Promise<void> {
    const { logs, sink } = this.#options;
    const { channel, name, log } = row;
    if (log === null) return;
    const asked = { type: 'after', position: { epoch: log.epoch, offset: log.top } } as const;
    const page = await logs.compare(channel, seenOf(log, row.branch), everything);
    if (this.#rows.get(name) !== row || row.log !== log) return;
    if (page.branch !== row.branch) {
      // What has come meanwhile may be of the old branch, and was not asked about.
      if (log.top !== asked.position.offset) row.checking = 'again';
      else row.branch = page.branch;
    }
    const leadsOn = locate(asked, page).gap === null;
    if (leadsOn && page.top <= log.top) return;
    if (leadsOn && log instanceof Log) {
      const { top } = log;
      for (const entry of page.entries) {
        // Some may have been heard of meanwhile.
        if (entry.offset === log.top + 1) sink.appended(channel, append(log, entry));
      }
      if (log.top > top) this.repairs += 1;
      return;
    }
    const whole = await logs.read(channel, { type: 'start' }, everything);
    if (this.#rows.get(name) !== row) return;
    // What was on its way has come meanwhile: nothing was missed.
    if (leadsOn && whole.epoch === log.epoch && whole.top <= log.top) return;
    const other = logOf(whole, row.keep);
    row.log = other;
    row.branch = whole.branch;
    row.ready = Promise.resolve(other);
    if (leadsOn) this.repairs += 1;
    else this.replaced += 1;
    sink.replaced(channel, other);
  }
}

function logOf(page: BrokerPage, keep: Keep): Log | StateLog {
  return keep.newestOnly === true ? StateLog.of(page, keep) : Log.of(page, keep);
}

function seenOf({ epoch, top }: Log | StateLog, branch: string): Seen {
  return { epoch, offset: top, branch };
}

/** Appends what comes next. In a state every entry is about something. */
function append(log: Log | StateLog, { payload, atMs, about }: Entry): Entry {
  return log instanceof Log ? log.append(payload, atMs, about) : log.append(payload, atMs, about ?? nothing);
}

const done = Promise.resolve();
const nothing = { subject: '', removes: false };
