import type { Broker, BrokerSink, Clock } from '@rt/core';
import { RtError, systemClock } from '@rt/core';
import { randomBytes } from 'node:crypto';
import { FollowedChannels } from './followed-channels.ts';
import type { IoredisClient } from './ioredis-driver.ts';
import { ioredisDriver } from './ioredis-driver.ts';
import { liveName } from './keys.ts';
import { passingText } from './live-message.ts';
import type { NodeRedisClient } from './node-redis-driver.ts';
import { nodeRedisDriver } from './node-redis-driver.ts';
import { Probe } from './probe.ts';
import { RedisLogs } from './redis-log.ts';

/** Options of {@link redisBroker}. */
export interface RedisBrokerOptions {
  /**
   * The app's own client: `new Redis(url)` of `ioredis`, or `createClient({ url })` of `redis`. It is duplicated, for scripts
   * and for pub/sub, and not used itself.
   */
  readonly redis: IoredisClient | NodeRedisClient;
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
  const driver = 'evalsha' in redis ? ioredisDriver(redis) : nodeRedisDriver(redis);
  const now = (): number => clock.now();
  const logs = new RedisLogs({ driver, prefix, forgetAfterMs, now, serverNow, newEpoch });
  let channels: FollowedChannels | null = null;
  let closed = false;
  let cancelCheck = (): void => {};
  let probe: Probe | null = null;

  function opened(): FollowedChannels {
    if (closed || channels === null) throw new RtError('hub_closed', 'this broker is not open');
    return channels;
  }

  function checkLater(followed: FollowedChannels): void {
    cancelCheck = clock.timer(checkEveryMs * (0.75 + 0.5 * Math.random()), () => {
      void followed.check().then(() => closed || checkLater(followed));
    });
  }

  return {
    capabilities: { kept: true, continuity: 'dense', reach: 'cluster' },
    async open(sink: BrokerSink) {
      if (closed || channels !== null)
        throw new RtError('broker_failed', 'a broker belongs to one hub; create another');
      const followed = (channels = new FollowedChannels({ driver, logs, prefix, sink, clock }));
      const heart = (probe = new Probe({ driver, clock, name: `${prefix}probe:${newEpoch()}`, everyMs: probeEveryMs }));
      await driver.open({
        message: (name, text) => closed || heart.heard(name) || followed.take(name, text),
        lost: () => heart.lost(),
        back() {
          heart.back();
          void followed.check();
        },
        failed: (cause) => closed || sink.troubled(cause),
      });
      checkLater(followed);
      await heart.begin((cause) => closed || sink.troubled(cause));
    },
    health: () => (probe === null || closed ? 'the broker is not open' : probe.trouble),
    async follow(channel, keep) {
      const log = await opened().follow(channel, keep);
      return { ...log.head(now()), log };
    },
    async unfollow(channel) {
      if (!closed) await opened().unfollow(channel);
    },
    async append(channel, payload, options) {
      opened();
      const outcome = await logs.append(channel, null, payload, options);
      if (outcome.type === 'conflict') throw new TypeError('an append without a condition met one');
      return outcome.receipt;
    },
    async appendAfter(channel, place, payload, options) {
      opened();
      return logs.append(channel, place, payload, options);
    },
    async pass(channel, payload, key) {
      opened();
      await driver.publish(liveName(prefix, channel), passingText(payload, key));
    },
    async read(channel, start, limit) {
      opened();
      return logs.read(channel, start, limit);
    },
    async close() {
      if (closed) return;
      closed = true;
      cancelCheck();
      probe?.end();
      channels?.close();
      await driver.close();
    },
  };
}

function newEpoch(): string {
  return BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .slice(0, 12);
}
