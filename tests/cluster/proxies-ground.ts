import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Client, TransportName } from '@rt/client';
import { createClient } from '@rt/client';
import { createPublisher } from '@rt/core';
import type { Program, ProxyOptions, RunningServer } from '@rt/example-cluster';
import { startHaproxy, startNginx } from '@rt/example-cluster';
import { redisBroker } from '@rt/redis';
import { within } from '@rt/testkit';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import type { Binary } from '../../tools/debian-package.ts';
import { environmentOf } from '../../tools/debian-package.ts';
import { haproxyBinary } from '../../tools/haproxy-binary.ts';
import { nginxBinary } from '../../tools/nginx-binary.ts';
import { freePort } from '../support/free-port.ts';
import { RedisServer } from '../support/redis-server.ts';
import type { NodeOptions } from './proxies-channels.ts';
import { channels } from './proxies-channels.ts';

export type ProxyName = 'nginx' | 'HAProxy';
export type RoomClient = Client<typeof channels>;

const program = (binary: Binary): Program => ({ path: binary.path, env: environmentOf(binary) });
const starts: {
  readonly [Name in ProxyName]: (options: Omit<ProxyOptions, 'program'>) => Promise<RunningServer>;
} = {
  nginx: (options) => startNginx({ program: program(nginxBinary()), ...options }),
  HAProxy: (options) => startHaproxy({ program: program(haproxyBinary()), ...options }),
};

/** A node in a process of its own, which may be killed and started again in its place. */
class ProxiedNode {
  readonly #options: NodeOptions;
  #process: ChildProcess | null = null;

  constructor(options: NodeOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#options.port;
  }

  get name(): string {
    return this.#options.name;
  }

  async start(): Promise<void> {
    const child = fork(new URL('proxies-node.ts', import.meta.url), [JSON.stringify(this.#options)]);
    this.#process = child;
    await within(`node ${this.name} to listen`, once(child, 'message'), 20_000);
  }

  /** SIGKILL as if the machine were gone, SIGTERM for it to close. */
  async stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null) return;
    child.kill(signal);
    await within(`node ${this.name} to be gone`, once(child, 'exit'));
  }
}

/** Three nodes over one Redis, behind both proxies. */
export async function proxiesGround() {
  const redisServer = await RedisServer.start();
  onTestFinished(() => redisServer.stop());
  const redis = new Redis(redisServer.port).on('error', () => {});
  onTestFinished(() => redis.disconnect());
  const nodes: ProxiedNode[] = [];
  for (const name of ['one', 'two', 'three']) {
    nodes.push(new ProxiedNode({ name, port: await freePort(), redisPort: redisServer.port }));
  }
  onTestFinished(async () => {
    await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
  });
  await Promise.all(nodes.map((node) => node.start()));
  const behind = nodes.map(({ port }) => port);
  const proxies = {
    nginx: await starts.nginx({ port: await freePort(), nodes: behind }),
    HAProxy: await starts.HAProxy({ port: await freePort(), nodes: behind }),
  };
  for (const proxy of Object.values(proxies)) onTestFinished(() => proxy.stop('SIGKILL'));
  const url = (proxy: ProxyName): string => `http://127.0.0.1:${proxies[proxy].port}/rt`;
  const publisher = createPublisher({ channels, broker: redisBroker({ redis }) });
  onTestFinished(() => publisher.close());
  return {
    redis: redisServer,
    nodes,
    publisher,
    /** The URL of the hub through a proxy. */
    url,
    client(proxy: ProxyName, transport: TransportName): RoomClient {
      const client = createClient<typeof channels>(url(proxy), {
        transport,
        reconnect: { firstMs: 20, longestMs: 200 },
      });
      onTestFinished(() => client.close());
      return client;
    },
    /** Which node the proxy sends a request to: this one, and not the next. */
    async where(proxy: ProxyName): Promise<unknown> {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ type: 'send', id: 1, channel: 'room:all', event: 'where', data: null });
      const response = await fetch(url(proxy), { method: 'POST', headers, body });
      return ((await response.json()) as { readonly data?: unknown }).data;
    },
    /** Everything that is kept of a channel. */
    async log(name: `room:${string}`): Promise<readonly string[]> {
      const { publications } = await publisher.channel(name).history({ last: 20_000 });
      return publications.map(({ data }) => data);
    },
  };
}
