import { RtError } from '@rt/protocol';
import type { Broker } from './broker/broker.ts';
import type { Observer } from './observe/observer.ts';
import { guarded, printErrors } from './observe/observer.ts';
import type { Clock, Random } from './runtime/clock.ts';
import { systemClock } from './runtime/clock.ts';

/** Options of `createHub`, beside its channels. */
export interface HubOptions {
  /** The log of record. @default memoryBroker() */
  readonly broker?: Broker;
  /** Bytes sent on quiet streams so that proxies keep them open and dead peers are noticed; `false` for none. */
  readonly heartbeat?: HeartbeatOptions | false;
  /** When clients that lose their connection come back: each is told a time of its own between the two. */
  readonly reconnect?: ReconnectOptions;
  readonly limits?: LimitOptions;
  /** Is told what happens inside. @default prints errors */
  readonly observe?: Observer;
  /** Where time and chance come from; a simulator passes its own. */
  readonly runtime?: RuntimeOptions;
}

export interface HeartbeatOptions {
  /** The longest silence on a stream. @default 15_000 */
  readonly everyMs?: number;
}

export interface ReconnectOptions {
  /** @default 1_000 */
  readonly minMs?: number;
  /** @default 3_000 */
  readonly maxMs?: number;
}

export interface LimitOptions {
  /** The largest data of one publication, as JSON in UTF-8. @default 262_144 */
  readonly maxPublicationBytes?: number;
  /** The most channels of one plain stream. @default 16 */
  readonly maxChannelsPerStream?: number;
  /** The most publications of one page. @default 1_000 */
  readonly maxPageSize?: number;
  /** The longest that a poll may wait. @default 60_000 */
  readonly maxWaitMs?: number;
}

export interface RuntimeOptions {
  /** @default systemClock */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
}

/** The options with every default filled in. */
export interface Settings {
  readonly heartbeatEveryMs: number | null;
  readonly reconnect: Required<ReconnectOptions>;
  readonly limits: Required<LimitOptions>;
  readonly observe: Observer;
  readonly clock: Clock;
  readonly random: Random;
}

/** @throws RtError `option_invalid`, naming the option, what it must be and what it was. */
export function settings(options: HubOptions): Settings {
  const { heartbeat = {}, reconnect = {}, limits = {}, runtime = {} } = options;
  const minMs = wholeNumber('reconnect.minMs', reconnect.minMs, { fallback: 1_000, min: 0 });
  return {
    heartbeatEveryMs:
      heartbeat === false ? null : wholeNumber('heartbeat.everyMs', heartbeat.everyMs, { fallback: 15_000, min: 100 }),
    reconnect: {
      minMs,
      maxMs: wholeNumber('reconnect.maxMs', reconnect.maxMs, { fallback: Math.max(3_000, minMs), min: minMs }),
    },
    limits: {
      maxPublicationBytes: wholeNumber('limits.maxPublicationBytes', limits.maxPublicationBytes, {
        fallback: 262_144,
        min: 1,
      }),
      maxChannelsPerStream: wholeNumber('limits.maxChannelsPerStream', limits.maxChannelsPerStream, {
        fallback: 16,
        min: 1,
      }),
      maxPageSize: wholeNumber('limits.maxPageSize', limits.maxPageSize, { fallback: 1_000, min: 1 }),
      maxWaitMs: wholeNumber('limits.maxWaitMs', limits.maxWaitMs, { fallback: 60_000, min: 0 }),
    },
    observe: guarded(options.observe ?? printErrors),
    clock: runtime.clock ?? systemClock,
    random: runtime.random ?? Math.random,
  };
}

interface WholeNumber {
  readonly fallback: number;
  readonly min: number;
  readonly max?: number;
}

/** The value, or the fallback if there is none; it must be a whole number from `min` to `max`. */
export function wholeNumber(name: string, value: number | undefined, { fallback, min, max }: WholeNumber): number {
  if (value === undefined) return fallback;
  if (Number.isSafeInteger(value) && value >= min && value <= (max ?? value)) return value;
  const range = max === undefined ? `from ${min}` : `from ${min} to ${max}`;
  throw new RtError('option_invalid', `${name} must be a whole number ${range}, but was ${String(value)}`);
}
