import type { Address } from './cluster-slots.ts';
import { addressText } from './cluster-slots.ts';
import { OneLife } from './one-life.ts';
import type { MasterEvents, MastersClient, RedisMaster } from './redis-master.ts';

/** A `createCluster(…)` of `redis`, as far as it is needed. */
export interface NodeRedisCluster {
  duplicate(overrides: { readonly minimizeConnections: boolean }): NodeRedisCluster;
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  connect(): Promise<unknown>;
  readonly masters: readonly ClusterNode[];
  readonly nodeByAddress: ReadonlyMap<string, ClusterNode>;
  nodeClient(node: ClusterNode): NodeRedisNode | Promise<NodeRedisNode>;
  destroy(): void;
}

interface ClusterNode extends Address {
  readonly address: string;
  readonly client?: NodeRedisNode | undefined;
}

/** A `createSentinel(…)` of `redis`, as far as it is needed. */
export interface NodeRedisSentinel {
  duplicate(): NodeRedisSentinel;
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  connect(): Promise<unknown>;
  getMasterNode(): Address | undefined;
  _execute(isReadonly: boolean, run: (client: NodeRedisNode) => Promise<NodeRedisNode>): Promise<NodeRedisNode>;
  destroy(): Promise<void>;
}

interface NodeRedisNode {
  readonly options: { readonly socket?: object | undefined };
  duplicate(overrides: { readonly socket: object; readonly readonly: boolean }): NodeRedisNode;
  on(event: 'error' | 'terminated', listener: (cause: unknown) => void): unknown;
  on(event: 'end' | 'sharded-channel-moved', listener: () => void): unknown;
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  sendCommand(args: readonly string[]): Promise<unknown>;
  subscribe(channel: string, listener: Listener): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  sSubscribe(channel: string, listener: Listener): Promise<unknown>;
  sUnsubscribe(channel: string): Promise<unknown>;
  destroy(): void;
}

type Listener = (text: string, channel: string) => void;

/** Its own pub/sub is not used: where a server is gone it loses what was subscribed there, and says nothing of it. */
export function nodeRedisMasters(cluster: NodeRedisCluster): MastersClient {
  return {
    isCluster: true,
    async look() {
      const view = cluster.duplicate({ minimizeConnections: true });
      view.on('error', () => {});
      await view.connect();
      return {
        addresses: view.masters,
        async connect(address, events) {
          const known = view.nodeByAddress.get(addressText(address));
          const node = known ?? view.masters[0];
          if (node === undefined) throw new Error('the cluster has no master');
          // It would wait for as long as the node is gone; what it is made of is there at once.
          const connecting = Promise.resolve(view.nodeClient(node));
          connecting.catch(() => {});
          return connect(node.client ?? (await connecting), known === undefined ? address : null, events);
        },
        close: () => view.destroy(),
      };
    },
  };
}

/** The one master that the sentinels name. */
export function nodeRedisSentinel(sentinel: NodeRedisSentinel): MastersClient {
  return {
    isCluster: false,
    async look() {
      const view = sentinel.duplicate();
      view.on('error', () => {});
      await view.connect();
      const like = await view._execute(false, async (client) => client);
      const address = view.getMasterNode();
      return {
        addresses: address === undefined ? [] : [address],
        connect: (_, events) => connect(like, null, events),
        close: () => void view.destroy(),
      };
    },
  };
}

/** Connects to the master to which `like` is a client, or elsewhere by the same means. */
async function connect(like: NodeRedisNode, address: Address | null, events: MasterEvents): Promise<RedisMaster> {
  const life = new OneLife(
    () => {
      for (const connection of [commands, subscriber]) if (connection.isOpen) connection.destroy();
    },
    (cause) => events.ended(cause),
  );
  const made = (): NodeRedisNode => {
    const socket = { ...like.options.socket, ...address, reconnectStrategy: false };
    const connection = like.duplicate({ socket, readonly: false });
    connection.on('error', (cause) => life.lost(cause));
    connection.on('terminated', (cause) => life.lost(cause));
    connection.on('end', () => life.lost(new Error('the connection to a master is closed')));
    return connection;
  };
  const commands = made();
  const subscriber = made();
  subscriber.on('sharded-channel-moved', () => events.moved());
  await life.begin([commands.connect(), subscriber.connect()]);
  const hear: Listener = (text, channel) => events.message(channel, text);
  return {
    call: (args) => commands.sendCommand(args),
    async callAsking(args) {
      const [, answer] = await Promise.all([commands.sendCommand(['ASKING']), commands.sendCommand(args)]);
      return answer;
    },
    async subscribe(name, sharded) {
      await (sharded ? subscriber.sSubscribe(name, hear) : subscriber.subscribe(name, hear));
    },
    async unsubscribe(name, sharded) {
      await (sharded ? subscriber.sUnsubscribe(name) : subscriber.unsubscribe(name));
    },
    close: () => life.end(),
  };
}
