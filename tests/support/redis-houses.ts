import type { Connect } from './redis-clients.ts';
import { clients, clusterClients } from './redis-clients.ts';
import { RedisCluster } from './redis-cluster.ts';
import { RedisServer } from './redis-server.ts';

/** Servers that an app's client can be connected to. */
export interface Servers {
  readonly ports: readonly number[];
  /** Kills all of them, with all that they had. */
  kill(): Promise<void>;
  revive(): Promise<void>;
  stop(): Promise<void>;
}

/** One client, and what it is for. */
export interface RedisHouse {
  readonly name: string;
  readonly connect: Connect;
  start(): Promise<Servers>;
}

/** Each client for one server, and each for a cluster. */
export const houses: readonly RedisHouse[] = [
  ...clients.map(([name, connect]) => ({ name, connect, start: oneServer })),
  ...clusterClients.map(([name, connect]) => ({ name: `${name} and a cluster`, connect, start: oneCluster })),
];

async function oneServer(): Promise<Servers> {
  const server = await RedisServer.start();
  return { ports: [server.port], kill: () => server.kill(), revive: () => server.start(), stop: () => server.stop() };
}

async function oneCluster(): Promise<Servers> {
  const cluster = await RedisCluster.start(3);
  const each = async (run: (server: RedisServer) => Promise<void>): Promise<void> => {
    await Promise.all(cluster.masters.map(run));
  };
  return {
    ports: cluster.masters.map(({ port }) => port),
    kill: () => each((server) => server.kill()),
    revive: () => each((server) => server.start()),
    stop: () => cluster.stop(),
  };
}
