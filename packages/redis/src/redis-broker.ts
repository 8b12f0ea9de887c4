import type { Broker, BrokerSink, Clock } from '@rt/core';
import { RtError, systemClock } from '@rt/core';
import type { RedisClient } from './driver-of.ts';
import { driverOf, isCluster } from './driver-of.ts';
import { FollowedChannels } from './followed-channels.ts';
import { liveName } from './keys.ts';
import { passingText } from './live-message.ts';
import { newEpoch } from './new-epoch.ts';
import { RedisBus } from './redis-bus.ts';
import { redisPresence } from './presence/redis-presence.ts';
import type { LinkUser } from './redis-link.ts';
import { RedisLink } from './redis-link.ts';
import { RedisLogs } from './redis-log.ts';

/** Options of {@link redisBroker}. */
export interface RedisBrokerOptions {
  /**
   * The app's own client: `new Redis(…)` or `new Cluster(…)` of `ioredis`, `createClient(…)`, `createCluster(…)` or
   * `createSentinel(…)` of `redis`. It is duplicated, for scripts and for pub/sub, and not used itself.
   */
  readonly redis: RedisClient;
  /** Before the names of all keys. Hubs that share it share their channels. @default 'rt:' */
  readonly prefix?: string;
  /**
   * How long a channel is remembered after its last publication has expired. Until then a client that missed nothing can
   * still be told so; afterwards its position is of another epoch. @default 3_600_000
   */
  readonly forgetAfterMs?: number;
  /**
   * How often a channel is compared with its log of record: what is said last before a connection dies has nothing behind
   * it that would show that it is missing. With a little chance. @default 30_000
   */
  readonly checkEveryMs?: number;
  /**
   * How often the connection for pub/sub is tried by a message to itself: one that has said nothing of two of them is given
   * up for another. @default 10_000
   */
  readonly probeEveryMs?: number;
  /** What tests put in the place of the machine's time, and of the server's. @default the machine's and the server's */
  readonly testing?: { readonly clock: Clock; readonly serverNow: (() => number) | null };
}

/**
 * Keeps all logs in Redis (6.2 or newer) or Valkey: for any number of nodes. Each append is one script, which assigns the
 * offset, keeps and tells at once, so that all nodes have one order. A node holds the logs whole that it follows.
 */
export function redisBroker({
  redis,
  prefix = 'rt:',
  forgetAfterMs = 3_600_000,
  checkEveryMs = 30_000,
  probeEveryMs = 10_000,
  testing = { clock: systemClock, serverNow: null },
}: RedisBrokerOptions): Broker {
  const { clock, serverNow } = testing;
  const driver = driverOf(redis);
  const now = (): number => clock.now();
  const logs = new RedisLogs({ driver, prefix, forgetAfterMs, now, serverNow, newEpoch });
  const link = new RedisLink({ driver, clock, prefix, probeEveryMs });
  const bus = new RedisBus(link);
  let opened: { readonly sink: BrokerSink; readonly channels: FollowedChannels } | null = null;
  let closed = false;
  let cancelCheck = (): void => {};
  const user: LinkUser = {
    take: (name, text) => opened?.channels.take(name, text) ?? false,
    back: () => void opened?.channels.check(),
    failed: (cause) => opened?.sink.troubled(cause),
  };

  function followed(): FollowedChannels {
    if (opened === null) throw new RtError('hub_closed', 'this broker is not open');
    link.check(user);
    return opened.channels;
  }

  function checkLater(channels: FollowedChannels): void {
    cancelCheck = clock.timer(checkEveryMs * (0.75 + 0.5 * Math.random()), () => {
      void channels.check().then(() => closed || checkLater(channels));
    });
  }

  return {
    bus,
    capabilities: { kept: true, continuity: 'dense', reach: 'cluster' },
    presence: redisPresence(link, {
      // On a cluster the places are spread over its masters.
      partitions: isCluster(redis) ? 16 : 1,
      forgetAfterMs,
      checkEveryMs,
      leaseMs: 10_000,
      serverNow,
    }),
    async open(sink: BrokerSink) {
      if (closed || opened !== null) throw new RtError('broker_failed', 'a broker belongs to one hub; create another');
      const channels = new FollowedChannels({ driver, logs, prefix, sink, clock });
      opened = { sink, channels };
      await link.open(user);
      if (!closed) checkLater(channels);
    },
    health: () => link.trouble ?? bus.trouble,
    measures() {
      const { repairs = 0, replaced = 0 } = opened?.channels ?? {};
      return { repairs, replaced, probeAgeMs: link.probeAgeMs };
    },
    async follow(channel, keep) {
      const log = await followed().follow(channel, keep);
      return { ...log.head(now()), log };
    },
    async unfollow(channel) {
      await opened?.channels.unfollow(channel);
    },
    async catchUp(channel) {
      await followed().catchUp(channel);
    },
    async append(channel, payload, options) {
      const seen = followed().seen(channel);
      const outcome = await logs.append(channel, payload, { place: null, seen }, options);
      if (outcome.type === 'conflict') throw new TypeError('an append without a condition met one');
      return outcome.receipt;
    },
    async appendAfter(channel, place, payload, options) {
      return logs.append(channel, payload, { place, seen: followed().seen(channel) }, options);
    },
    async pass(channel, payload, key) {
      followed();
      await driver.publish(liveName(prefix, channel), passingText(payload, key));
    },
    async read(channel, start, limit) {
      followed();
      return logs.read(channel, start, limit);
    },
    async close() {
      closed = true;
      cancelCheck();
      opened?.channels.close();
      await link.close(user);
    },
  };
}
