import type { IoredisCluster } from './ioredis-masters.ts';
import { ioredisMasters } from './ioredis-masters.ts';
import type { IoredisClient } from './ioredis-driver.ts';
import { ioredisDriver } from './ioredis-driver.ts';
import { MastersDriver } from './masters-driver.ts';
import type { NodeRedisClient } from './node-redis-driver.ts';
import { nodeRedisDriver } from './node-redis-driver.ts';
import type { NodeRedisCluster, NodeRedisSentinel } from './node-redis-masters.ts';
import { nodeRedisMasters, nodeRedisSentinel } from './node-redis-masters.ts';
import type { RedisDriver } from './redis-driver.ts';

/** An app's own client for Redis. */
export type RedisClient = IoredisClient | IoredisCluster | NodeRedisClient | NodeRedisCluster | NodeRedisSentinel;

/** Whether it spreads keys over several masters. */
export function isCluster(redis: RedisClient): boolean {
  return 'nodes' in redis || 'nodeClient' in redis;
}

/** What is needed of it, by what it has. */
export function driverOf(redis: RedisClient): RedisDriver {
  if ('nodes' in redis) return new MastersDriver(ioredisMasters(redis));
  if ('nodeClient' in redis) return new MastersDriver(nodeRedisMasters(redis));
  if ('getMasterNode' in redis) return new MastersDriver(nodeRedisSentinel(redis));
  return 'evalsha' in redis ? ioredisDriver(redis) : nodeRedisDriver(redis);
}
