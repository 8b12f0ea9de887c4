import type { About, AppendOptions, BrokerPage, Conditional, Entry, Payload, Start } from '@rt/core';
import { RtError } from '@rt/core';
import type { Position } from '@rt/protocol';
import { append as appendScript } from './append-script.ts';
import type { ToLocal } from './entry-text.ts';
import { parseEntry } from './entry-text.ts';
import type { LogNames } from './keys.ts';
import { channelNames } from './keys.ts';
import { read as readScript } from './read-script.ts';
import type { RedisDriver } from './redis-driver.ts';

/** How logs are kept in Redis. */
export interface RedisLogOptions {
  readonly driver: RedisDriver;
  readonly prefix: string;
  /** Where they are. @default those of channels */
  readonly names?: LogNames;
  readonly forgetAfterMs: number;
  /** The time here. */
  readonly now: () => number;
  /** What is said to be the server's time, in tests; `null` for its own. */
  readonly serverNow: (() => number) | null;
  readonly newEpoch: () => string;
}

/** What a node has seen of a log, and on which branch of the server's history. */
export interface Seen extends Position {
  readonly branch: string;
}

/** A page of the log of record, with the branch on which it was read. */
export interface RecordPage extends BrokerPage {
  readonly branch: string;
}

/** The logs of record: each question is one script, and so one step of the server. */
export class RedisLogs {
  readonly #options: RedisLogOptions;
  readonly #names: LogNames;

  constructor(options: RedisLogOptions) {
    this.#options = options;
    this.#names = options.names ?? channelNames(options.prefix);
  }

  /** @throws RtError `state_full`, `broker_failed` */
  async append(
    channel: string,
    payload: Payload,
    { place, seen }: { readonly place: Position | null; readonly seen: Seen | null },
    { keep, key = null, about = null }: AppendOptions,
  ): Promise<Conditional> {
    if (keep.newestOnly === true && about === null) {
      throw new RtError('broker_failed', `a publication to "${channel}" must be about something`);
    }
    const { forgetAfterMs, newEpoch } = this.#options;
    const told = await this.#run(appendScript, channel, [
      newEpoch(),
      key ?? '',
      payload,
      ...aboutTexts(about),
      String(keep.count),
      String(finite(keep.forMs)),
      flag(keep.newestOnly === true),
      String(forgetAfterMs),
      place?.epoch ?? '',
      String(place?.offset ?? 0),
      this.#names.live(channel),
      seen?.epoch ?? '',
      String(seen?.offset ?? 0),
      seen?.branch ?? '',
    ]);
    const [outcome, epoch = '', offset = '0', newest = ''] = told as readonly string[];
    if (outcome === 'full') {
      throw new RtError(
        'state_full',
        `"${channel}" holds ${epoch} keys, and keep.count is ${keep.count}; remove some, or raise the limit`,
      );
    }
    if (outcome !== 'conflict') {
      return { type: 'appended', receipt: { epoch, offset: Number(offset), repeated: outcome === 'repeated' } };
    }
    const entry: Entry | null = newest === '' ? null : parseEntry(newest, () => this.#options.now());
    return { type: 'conflict', conflict: { epoch, offset: Number(offset), newest: entry } };
  }

  /** All that comes after what a node has seen. If the log does not hold that any more, it begins another epoch. */
  async compare(channel: string, seen: Seen, limit: number): Promise<RecordPage> {
    return this.#read(channel, { type: 'after', position: seen }, limit, seen.branch);
  }

  async read(channel: string, start: Start, limit: number): Promise<RecordPage> {
    return this.#read(channel, start, limit, '');
  }

  async #read(channel: string, start: Start, limit: number, branchSeen: string): Promise<RecordPage> {
    const { newEpoch, forgetAfterMs } = this.#options;
    const told = await this.#run(readScript, channel, [
      newEpoch(),
      start.type,
      start.type === 'after' ? start.position.epoch : '',
      String(start.type === 'after' ? start.position.offset : start.type === 'last' ? start.count : 0),
      String(Math.min(limit, 1_000_000)),
      String(forgetAfterMs),
      branchSeen,
      this.#names.live(channel),
    ]);
    const [epoch, floor, top, serverMs, isState, to, entries, branch] = told as readonly [
      string,
      string,
      string,
      string,
      number,
      string,
      readonly string[],
      string,
    ];
    const nowMs = this.#options.now();
    const toLocal: ToLocal = (ms) => nowMs - (Number(serverMs) - ms);
    return {
      epoch,
      floor: Number(floor),
      top: Number(top),
      newestOnly: isState === 1,
      to: Number(to),
      entries: entries.map((text) => parseEntry(text, toLocal)),
      branch,
    };
  }

  async #run(script: Parameters<RedisDriver['run']>[0], channel: string, args: readonly string[]): Promise<unknown> {
    const { driver, serverNow } = this.#options;
    return driver.run(script, this.#names.keys(channel), [String(serverNow?.() ?? ''), ...args]);
  }
}

function aboutTexts(about: About | null): readonly string[] {
  return [flag(about !== null), about?.subject ?? '', flag(about?.removes === true)];
}

function flag(is: boolean): string {
  return is ? '1' : '0';
}

/** A time that never comes, as a number that Redis takes: a hundred years. */
function finite(ms: number): number {
  return Math.min(ms, 3_155_760_000_000);
}
