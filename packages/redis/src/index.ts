export type { RedisClient } from './driver-of.ts';
export type { IoredisClient } from './ioredis-driver.ts';
export type { IoredisCluster } from './ioredis-masters.ts';
export type { NodeRedisClient } from './node-redis-driver.ts';
export type { NodeRedisCluster, NodeRedisSentinel } from './node-redis-masters.ts';
export type { RedisBrokerOptions } from './redis-broker.ts';
export { redisBroker } from './redis-broker.ts';
