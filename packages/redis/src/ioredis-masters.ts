import type { Address } from './cluster-slots.ts';
import { addressText } from './cluster-slots.ts';
import { OneLife } from './one-life.ts';
import type { MasterEvents, MastersClient, RedisMaster } from './redis-master.ts';

/** A `Cluster` of `ioredis`, as far as it is needed. */
export interface IoredisCluster {
  readonly options: {
    readonly natMap?: Readonly<Record<string, Address>> | ((key: string) => Address | null | undefined) | undefined;
  };
  duplicate(
    startupNodes: [],
    options: {
      readonly lazyConnect: boolean;
      readonly enableReadyCheck: boolean;
      readonly clusterRetryStrategy: () => null;
      readonly shardedSubscribers: boolean;
    },
  ): IoredisCluster;
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  connect(): Promise<unknown>;
  nodes(role: 'master' | 'all'): readonly IoredisNode[];
  disconnect(): void;
}

interface IoredisNode {
  readonly options: { readonly host?: string | undefined; readonly port?: number | undefined };
  duplicate(options: {
    readonly host: string;
    readonly port: number;
    readonly lazyConnect: boolean;
    readonly readOnly: boolean;
    readonly autoResubscribe: boolean;
    readonly autoResendUnfulfilledCommands: boolean;
    readonly retryStrategy: () => null;
  }): IoredisNode;
  on(event: 'message' | 'smessage', listener: (channel: string, text: string) => void): unknown;
  on(event: 'moved' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  connect(): Promise<unknown>;
  call(command: string, ...args: readonly string[]): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  ssubscribe(channel: string): Promise<unknown>;
  sunsubscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

/**
 * Its own pub/sub is not used: it has one connection for all that is sharded at a master, forgets what is lost on it, and
 * would send appends again by itself.
 */
export function ioredisMasters(cluster: IoredisCluster): MastersClient {
  return {
    isCluster: true,
    async look() {
      const view = cluster.duplicate([], {
        lazyConnect: true,
        enableReadyCheck: false,
        clusterRetryStrategy: () => null,
        shardedSubscribers: false,
      });
      view.on('error', () => {});
      await view.connect();
      const nodes = view.nodes('master');
      const [some] = nodes;
      if (some === undefined) throw new Error('the cluster has no master');
      return {
        addresses: nodes.map(({ options: { host = '127.0.0.1', port = 6379 } }) => ({ host, port })),
        connect: (address, events) => connect(some, mapped(cluster, address), events),
        close: () => view.disconnect(),
      };
    },
  };
}

function mapped({ options: { natMap } }: IoredisCluster, address: Address): Address {
  const key = addressText(address);
  return (typeof natMap === 'function' ? natMap(key) : natMap?.[key]) ?? address;
}

async function connect(like: IoredisNode, { host, port }: Address, events: MasterEvents): Promise<RedisMaster> {
  const life = new OneLife(
    () => {
      for (const connection of [commands, subscriber]) connection.disconnect();
    },
    (cause) => events.ended(cause),
  );
  const made = (): IoredisNode => {
    let trouble: unknown = new Error(`the connection to ${host}:${port} is closed`);
    const connection = like.duplicate({
      host,
      port,
      lazyConnect: true,
      readOnly: false,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      retryStrategy: () => null,
    });
    connection.on('error', (cause) => void (trouble = cause));
    connection.on('close', () => life.lost(trouble));
    return connection;
  };
  const commands = made();
  const subscriber = made();
  subscriber.on('message', (channel, text) => events.message(channel, text));
  subscriber.on('smessage', (channel, text) => events.message(channel, text));
  subscriber.on('moved', () => events.moved());
  await life.begin([commands.connect(), subscriber.connect()]);
  return {
    call: ([command = '', ...args]) => commands.call(command, ...args),
    async callAsking([command = '', ...args]) {
      const [, answer] = await Promise.all([commands.call('ASKING'), commands.call(command, ...args)]);
      return answer;
    },
    async subscribe(name, sharded) {
      await (sharded ? subscriber.ssubscribe(name) : subscriber.subscribe(name));
    },
    async unsubscribe(name, sharded) {
      await (sharded ? subscriber.sunsubscribe(name) : subscriber.unsubscribe(name));
    },
    close: () => life.end(),
  };
}
