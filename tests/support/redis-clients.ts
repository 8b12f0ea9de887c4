import { once } from 'node:events';
import type { RedisClient } from '@rt/redis';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster, createSentinel } from 'redis';

/** A client as an app would make it, which comes back by itself. */
export interface AppClient {
  readonly redis: RedisClient;
  close(): void;
}

/** What an app may use, by its name. */
export type Connect = (...ports: readonly number[]) => Promise<AppClient>;

const host = '127.0.0.1';

/** Clients for one server. */
export const clients: readonly (readonly [name: string, connect: Connect])[] = [
  [
    'ioredis',
    async (port) => {
      const redis = new Redis({ port, retryStrategy: () => 50, maxRetriesPerRequest: null });
      redis.on('error', () => {});
      await once(redis, 'ready');
      return { redis, close: () => redis.disconnect() };
    },
  ],
  [
    'redis',
    async (port) => {
      const redis = createClient({ socket: { port, host, reconnectStrategy: () => 50 } });
      redis.on('error', () => {});
      await redis.connect();
      return { redis, close: () => redis.destroy() };
    },
  ],
];

/** Clients for a cluster. */
export const clusterClients: typeof clients = [
  [
    'ioredis',
    async (...ports) => {
      const redis = new Cluster(ports.map((port) => ({ host, port })));
      redis.on('error', () => {});
      await once(redis, 'ready');
      return { redis, close: () => redis.disconnect() };
    },
  ],
  [
    'redis',
    async (...ports) => {
      const redis = createCluster({ rootNodes: ports.map((port) => ({ socket: { host, port } })) });
      redis.on('error', () => {});
      await redis.connect();
      return { redis, close: () => redis.destroy() };
    },
  ],
];

/** Clients for the master that sentinels name `main`. */
export const sentinelClients: typeof clients = [
  [
    'ioredis',
    async (...ports) => {
      const sentinels = ports.map((port) => ({ host, port }));
      const redis = new Redis({ sentinels, name: 'main', retryStrategy: () => 50, maxRetriesPerRequest: null });
      redis.on('error', () => {});
      await once(redis, 'ready');
      return { redis, close: () => redis.disconnect() };
    },
  ],
  [
    'redis',
    async (...ports) => {
      const redis = createSentinel({ name: 'main', sentinelRootNodes: ports.map((port) => ({ host, port })) });
      redis.on('error', () => {});
      await redis.connect();
      return { redis, close: () => void redis.destroy() };
    },
  ],
];
