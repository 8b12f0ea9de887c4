export type { IoredisClient } from './ioredis-driver.ts';
export type { NodeRedisClient } from './node-redis-driver.ts';
export type { RedisBrokerOptions } from './redis-broker.ts';
export { redisBroker } from './redis-broker.ts';
