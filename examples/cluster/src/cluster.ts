import { randomBytes } from 'node:crypto';
import { createPublisher } from '@rt/core';
import { tellPast } from '@rt/example-fastify-chat/past';
import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';
import type { NodeState } from './cluster-channels.ts';
import { aboutCluster, nodeNames } from './cluster-channels.ts';
import { NodeProcess } from './node-process.ts';
import type { Program } from './program.ts';
import { mustBeFree } from './program.ts';
import { startHaproxy, startNginx } from './proxies.ts';
import { startRedis } from './redis-server.ts';

export interface ClusterOptions {
  readonly programs: { readonly redis: Program; readonly nginx: Program; readonly haproxy: Program };
  readonly ports: ClusterPorts;
  /** How long a node that was killed stays away. @default 4_000 */
  readonly backAfterMs?: number;
  readonly onState?: (state: NodeState) => void;
}

export interface ClusterPorts {
  readonly redis: number;
  readonly nginx: number;
  readonly haproxy: number;
  /** Those of the three nodes. */
  readonly nodes: readonly [number, number, number];
}

export interface Cluster {
  /** Kills a node; it is started again after a while. */
  kill(name: string): Promise<void>;
  close(): Promise<void>;
}

const prefix = 'rt-cluster:';
const beatEveryMs = 250;

/** Three nodes of the chat, the Redis that they share, and two proxies before them, none of which is sticky. */
export async function startCluster({
  programs,
  ports,
  backAfterMs = 4000,
  onState = () => {},
}: ClusterOptions): Promise<Cluster> {
  // Before there is anything that would have to be stopped again.
  for (const port of [ports.nginx, ports.haproxy, ports.redis, ...ports.nodes]) await mustBeFree(port);
  const redisServer = await startRedis(programs.redis, ports.redis);
  const redisUrl = `redis://127.0.0.1:${ports.redis}`;
  const redis = new Redis(redisUrl);
  const about = createPublisher({ channels: aboutCluster, broker: redisBroker({ redis, prefix }) });
  const past = await tellPast((channels) => createPublisher({ channels, broker: redisBroker({ redis, prefix }) }));
  await past.close();

  const secret = randomBytes(32).toString('base64url');
  const nodes = nodeNames.map((name, index) => {
    const port = ports.nodes[index] ?? 0;
    return new NodeProcess({ name, number: index + 1, port, redisUrl, prefix, secret }, backAfterMs, {
      onState(state) {
        onState(state);
        about.channel('cluster').publish('node', state).catch(explain);
      },
      onKill: (wanted) => void kill(wanted),
    });
  });
  await Promise.all(nodes.map((node) => node.start()));
  const behind = { nodes: ports.nodes };
  const proxies = await Promise.all([
    startNginx({ program: programs.nginx, port: ports.nginx, ...behind }),
    startHaproxy({ program: programs.haproxy, port: ports.haproxy, ...behind }),
  ]);
  await about.channel('cluster').publish('proxy', { name: 'nginx', port: ports.nginx });
  await about.channel('cluster').publish('proxy', { name: 'HAProxy', port: ports.haproxy });

  let n = 0;
  const beating = setInterval(() => {
    n += 1;
    about.channel('pulse').publish('beat', { n, atMs: Date.now() }).catch(explain);
  }, beatEveryMs);

  async function kill(name: string): Promise<void> {
    await nodes.find((node) => node.name === name)?.kill();
  }

  return {
    kill,
    async close() {
      clearInterval(beating);
      await Promise.all(nodes.map((node) => node.close()));
      await Promise.all(proxies.map((proxy) => proxy.stop('SIGKILL')));
      await about.close();
      redis.disconnect();
      await redisServer.stop();
    },
  };
}

function explain(error: unknown): void {
  console.error('The cluster could not say something of itself:', error);
}
