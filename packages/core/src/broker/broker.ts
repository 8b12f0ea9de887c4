import type { Position, Start } from '@rt/protocol';
import type { Head } from '../log/locate.ts';
import type { About, Entry, Keep, Run } from '../log/entry.ts';
import type { LogView } from '../log/log-view.ts';
import type { Payload } from '../log/payload.ts';
import type { NodeBus } from '../cluster/node-bus.ts';
import type { PresenceStore } from '../presence/presence-store.ts';

/** What a broker promises. The conformance suite and the hub read it; nothing is skipped by a broker's name. */
export interface BrokerCapabilities {
  /** Whether publications are kept and can be read again. */
  readonly kept: boolean;
  /** How a follower proves that nothing is missing: `dense` offsets step by exactly 1. */
  readonly continuity: 'dense';
  /** Who shares the log: the hubs of one process, or all nodes. */
  readonly reach: 'process' | 'cluster';
}

/** How a publication is to be kept. */
export interface AppendOptions {
  readonly keep: Keep;
  /** The same for each repetition of one publication, on one channel. @default null (it is not repeated) */
  readonly key?: string | null;
  /** What it is about. MUST be there where the newest of each subject is kept. @default null (nothing in particular) */
  readonly about?: About | null;
}

/** What became of an append. */
export interface Receipt {
  readonly epoch: string;
  readonly offset: number;
  /** Whether a publication with this key was stored before: this is its place, and nothing was appended. */
  readonly repeated: boolean;
}

/** What an append after a place has met: the newest entry of those that it must not overlook, if it is still kept. */
export interface Conflict {
  readonly epoch: string;
  /** A place after which it may be tried again: that of the newest entry, or the top. */
  readonly offset: number;
  readonly newest: Entry | null;
}

/** What became of an append after a place. */
export type Conditional =
  | { readonly type: 'appended'; readonly receipt: Receipt }
  | { readonly type: 'conflict'; readonly conflict: Conflict };

/**
 * One consistent view of a channel: the extent and the entries, which begin where `locate(start, head)` says, belong to
 * the same moment.
 */
export interface BrokerPage extends Head, Run {}

/** The head of a channel at the moment from which its publications reach the sink. */
export interface Followed extends Head {
  /** The log of record, in this process: the hub reads from it and copies nothing. */
  readonly log: LogView;
}

/** What the hub gives the broker to call. */
export interface BrokerSink {
  /** An ephemeral publication of a followed channel. Of those with one `key` only the newest matters. Never throws. */
  passed(channel: string, payload: Payload, key: string | null): void;
  /** A followed channel's next publication, in offset order. It is already in the log that `follow` gave. Never throws. */
  appended(channel: string, entry: Entry): void;
  /**
   * A followed channel's log is another one from here on: it was lost, has gone back, or does not lead on from what was
   * given before. What is appended later is in this one. Never throws.
   */
  replaced(channel: string, log: LogView): void;
  /** Something has gone wrong that nobody waits for, and that the broker goes on with by itself. Never throws. */
  troubled(cause: unknown): void;
}

/** What a broker that lives elsewhere has counted since it was opened. */
export interface BrokerMeasures {
  /** How often publications of a followed channel had not been heard of, and were read and handed on in order. */
  readonly repairs: number;
  /** How often a followed channel's log did not lead on, and was replaced by another one. */
  readonly replaced: number;
  /** How long ago it has heard what it has said to itself, in milliseconds; `null` before it listens. */
  readonly probeAgeMs: number | null;
}

/**
 * The log of record, and the road between nodes. A broker never looks into a payload.
 *
 * - `open` MUST be called once and before anything else; a second call rejects.
 * - For one channel, `append` MUST assign offsets that step by 1 from 1, in the order in which the calls were made by
 *   one caller, and a resolved append MUST be visible to every later `read`.
 * - Of all appends to a channel with the same key within five minutes, one MUST be stored, and each resolves to its
 *   place; unless a thousand newer keys of the channel have pushed it out.
 * - `appendAfter` appends only if nothing newer than the place was appended; of a publication about a subject, nothing
 *   newer about it. If there is something, or it cannot be known because it is no longer kept, it changes nothing and
 *   tells what is newest. Of two that race after one place, one MUST be told a conflict. A key that is known comes first:
 *   its publication's place is the answer, whatever came after it.
 * - Where `keep` says `newestOnly`, of the publications about one subject the newest MUST be kept: a removal for
 *   `keep.forMs` and no longer, and of more than `keep.count` removals the newest. The floor is the place of the newest
 *   removal that is no longer kept. A page that begins at 0 MUST lead to the floor at least, if need be with more than
 *   `limit`: from a place between them nobody can go on. A publication about one subject more than `keep.count` rejects
 *   with `state_full`. Every append to such a channel is about something, and a channel is of one kind for ever.
 * - `pass` hands an ephemeral publication to whoever follows the channel, at most once, and keeps nothing of it; it
 *   changes neither the log nor its extent. It MAY be lost.
 * - `follow` MUST resolve only when whatever is appended later, by anyone, reaches the sink; what was appended before
 *   MUST NOT. After `unfollow` is called nothing of the channel reaches the sink. Calls for one channel take effect in
 *   the order in which they are made; repeating one changes nothing.
 * - A broker that finds that what it has given of a followed channel does not lead to what the log holds MUST say so by
 *   `replaced`, and never leave anything out without it. Readers whose place leads on in the new log notice nothing.
 * - A channel that was never appended to has `floor === top === 0` and an epoch that its first append keeps.
 * - `read` never creates or changes a channel. `limit` 0 reads the head alone.
 * - Within one epoch neither `floor` nor `top` goes back. A log that is lost, or forgotten while it had publications,
 *   begins with another epoch.
 * - `close` resolves when nothing more reaches the sink. Closing twice is harmless. Everything else rejects from then on.
 */
export interface Broker {
  readonly capabilities: BrokerCapabilities;
  /** Who is where, for whoever shares this broker: what a hub uses unless it is given a store. @default none */
  readonly presence?: PresenceStore;
  /** The way to the other nodes that share this broker. @default none: there is one node */
  readonly bus?: NodeBus;
  open(sink: BrokerSink): Promise<void>;
  /** Why what is appended may not reach the sink at this moment, or `null`. @default null: it always does */
  health?(): string | null;
  follow(channel: string, keep: Keep): Promise<Followed>;
  unfollow(channel: string): Promise<void>;
  /**
   * Of a channel that is followed: resolves when the log that was given holds what the log of record holds by now, or another
   * one was given. Somebody has been further than it is. @default none: it always holds all
   */
  catchUp?(channel: string): Promise<void>;
  append(channel: string, payload: Payload, options: AppendOptions): Promise<Receipt>;
  appendAfter(channel: string, place: Position, payload: Payload, options: AppendOptions): Promise<Conditional>;
  pass(channel: string, payload: Payload, key: string | null): Promise<void>;
  read(channel: string, start: Start, limit: number): Promise<BrokerPage>;
  /** What there is to say of it in numbers. @default null: nothing */
  measures?(): BrokerMeasures | null;
  close(): Promise<void>;
}
