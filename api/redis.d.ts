// @rt/redis

import type { Broker, Clock } from '@rt/core';

export interface IoredisClient {
  duplicate(options: {
    readonly lazyConnect: boolean;
    readonly autoResubscribe: boolean;
    readonly autoResendUnfulfilledCommands: boolean;
    readonly maxRetriesPerRequest: number;
  }): IoredisConnection;
  evalsha: IoredisConnection['evalsha'];
}

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

export interface NodeRedisClient {
  duplicate(): NodeRedisConnection;
}

export interface NodeRedisCluster {
  duplicate(overrides: { readonly minimizeConnections: boolean }): NodeRedisCluster;
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  connect(): Promise<unknown>;
  readonly masters: readonly ClusterNode[];
  readonly nodeByAddress: ReadonlyMap<string, ClusterNode>;
  nodeClient(node: ClusterNode): NodeRedisNode | Promise<NodeRedisNode>;
  destroy(): void;
}

export interface NodeRedisSentinel {
  duplicate(): NodeRedisSentinel;
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  connect(): Promise<unknown>;
  getMasterNode(): Address | undefined;
  _execute(isReadonly: boolean, run: (client: NodeRedisNode) => Promise<NodeRedisNode>): Promise<NodeRedisNode>;
  destroy(): Promise<void>;
}

export interface RedisBrokerOptions {
  readonly redis: RedisClient;
  readonly prefix?: string;
  readonly forgetAfterMs?: number;
  readonly checkEveryMs?: number;
  readonly probeEveryMs?: number;
  readonly testing?: {
    readonly clock: Clock;
    readonly serverNow: (() => number) | null;
  };
}

export type RedisClient = IoredisClient | IoredisCluster | NodeRedisClient | NodeRedisCluster | NodeRedisSentinel;

export declare function redisBroker({
  redis,
  prefix,
  forgetAfterMs,
  checkEveryMs,
  probeEveryMs,
  testing,
}: RedisBrokerOptions): Broker;

// Not exported, and part of what is.

interface Address {
  readonly host: string;
  readonly port: number;
}

interface ClusterNode extends Address {
  readonly address: string;
  readonly client?: NodeRedisNode | undefined;
}

interface IoredisConnection {
  on(event: 'message', listener: (channel: string, text: string) => void): unknown;
  on(event: 'ready' | 'close' | 'end', listener: () => void): unknown;
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  evalsha(sha: string, keyCount: number, ...rest: readonly string[]): Promise<unknown>;
  eval(text: string, keyCount: number, ...rest: readonly string[]): Promise<unknown>;
  publish(channel: string, text: string): Promise<number>;
  subscribe(...channels: readonly string[]): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
}

interface IoredisNode {
  readonly options: {
    readonly host?: string | undefined;
    readonly port?: number | undefined;
  };
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

type Listener = (text: string, channel: string) => void;

interface NodeRedisConnection {
  on(event: 'ready' | 'reconnecting', listener: () => void): unknown;
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  connect(): Promise<unknown>;
  evalSha(sha: string, options: ScriptOptions): Promise<unknown>;
  eval(text: string, options: ScriptOptions): Promise<unknown>;
  publish(channel: string, text: string): Promise<number>;
  subscribe(channels: string[], listener: (text: string, channel: string) => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  destroy(): void;
}

interface NodeRedisNode {
  readonly options: {
    readonly socket?: object | undefined;
  };
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

interface ScriptOptions {
  readonly keys: string[];
  readonly arguments: string[];
}
