import type { Auth, AuthOptions } from './auth.ts';
import { auth } from './auth.ts';
import type { Broker } from './broker/broker.ts';
import type { LimitOptions, Limits } from './limits.ts';
import { limits } from './limits.ts';
import type { Observer } from './observe/observer.ts';
import { guarded, printErrors } from './observe/observer.ts';
import { warnOnce } from './observe/warn-once.ts';
import { Tally } from './observe/tally.ts';
import type { PresenceStore } from './presence/presence-store.ts';
import type { Clock, Random } from './runtime/clock.ts';
import { randomSecret, systemClock } from './runtime/clock.ts';
import { wholeNumber } from './whole-number.ts';

/** Options of `createHub`, beside its channels. */
export interface HubOptions {
  /** The log of record. @default memoryBroker() */
  readonly broker?: Broker;
  /** Who is where. */
  readonly presence?: HubPresenceOptions;
  /** Bytes sent on quiet streams so that proxies keep them open and dead peers are noticed; `false` for none. */
  readonly heartbeat?: HeartbeatOptions | false;
  /** When clients that lose their connection come back: each is told a time of its own between the two. */
  readonly reconnect?: ReconnectOptions;
  readonly limits?: LimitOptions;
  /** Who a client is, and from which sites it may come. */
  readonly auth?: AuthOptions;
  /** Is told what happens inside. @default prints errors and warnings */
  readonly observe?: Observer;
  /** Where time and chance come from; a simulator passes its own. */
  readonly runtime?: RuntimeOptions;
}

export interface HubPresenceOptions {
  /** @default that of the broker, or memoryPresence() */
  readonly store?: PresenceStore;
  /**
   * How long a user stays online after the last connection broke, and a channel occupied after its last reader went.
   * @default 10_000
   */
  readonly graceMs?: number;
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

export interface RuntimeOptions {
  /** @default systemClock */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
  /** Makes a text that nobody can guess, for the ids of sessions. @default 122 random bits of the platform */
  readonly secret?: () => string;
}

/** The options with every default filled in. */
export interface Settings {
  readonly presenceGraceMs: number;
  readonly heartbeatEveryMs: number | null;
  readonly reconnect: Required<ReconnectOptions>;
  readonly limits: Limits;
  readonly auth: Auth;
  readonly observe: Observer;
  /** What is counted; `observe` counts by itself. */
  readonly tally: Tally;
  readonly clock: Clock;
  readonly random: Random;
  readonly secret: () => string;
}

/** @throws RtError `option_invalid`, naming the option, what it must be and what it was. */
export function settings(options: HubOptions): Settings {
  const { presence = {}, heartbeat = {}, reconnect = {}, runtime = {} } = options;
  const tally = new Tally();
  const minMs = wholeNumber('reconnect.minMs', reconnect.minMs, { fallback: 1_000, min: 0 });
  return {
    presenceGraceMs: wholeNumber('presence.graceMs', presence.graceMs, { fallback: 10_000, min: 0 }),
    heartbeatEveryMs:
      heartbeat === false ? null : wholeNumber('heartbeat.everyMs', heartbeat.everyMs, { fallback: 15_000, min: 100 }),
    reconnect: {
      minMs,
      maxMs: wholeNumber('reconnect.maxMs', reconnect.maxMs, { fallback: Math.max(3_000, minMs), min: minMs }),
    },
    limits: limits(options.limits ?? {}),
    auth: auth(options.auth ?? {}),
    observe: warnOnce(tally.counting(guarded(options.observe ?? printErrors))),
    tally,
    clock: runtime.clock ?? systemClock,
    random: runtime.random ?? Math.random,
    secret: runtime.secret ?? randomSecret,
  };
}
