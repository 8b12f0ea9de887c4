import { RtError } from '@rt/core';
import type { DriverEvents, RedisDriver } from './redis-driver.ts';
import { byName } from './redis-driver.ts';

/** A client of `redis`, as far as it is needed. */
export interface NodeRedisClient {
  duplicate(): NodeRedisConnection;
}

interface ScriptOptions {
  readonly keys: string[];
  readonly arguments: string[];
}

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

export function nodeRedisDriver(client: NodeRedisClient): RedisDriver {
  const names = new Set<string>();
  let events: DriverEvents | null = null;
  let commands: NodeRedisConnection | null = null;
  let subscriber: NodeRedisConnection | null = null;
  const hear = (text: string, channel: string): void => events?.message(channel, text);
  function own(connection: NodeRedisConnection | null): NodeRedisConnection {
    if (connection === null) throw new RtError('hub_closed', 'this broker is not open');
    return connection;
  }
  function made(): NodeRedisConnection {
    const connection = client.duplicate();
    connection.on('error', (cause) => events?.failed(cause));
    return connection;
  }
  async function listen(): Promise<void> {
    const connection = (subscriber = made());
    connection.on('reconnecting', () => {
      if (subscriber === connection) events?.lost();
    });
    // By then it has subscribed anew, and the server has said so.
    connection.on('ready', () => {
      if (subscriber === connection) events?.back();
    });
    await connection.connect();
    if (names.size > 0) await connection.subscribe([...names], hear);
  }
  async function command(): Promise<void> {
    commands?.destroy();
    await (commands = made()).connect();
  }
  return {
    async open(given) {
      events = given;
      await Promise.all([command(), listen()]);
    },
    async run({ sha, text }, keys, args) {
      const connection = own(commands);
      const options = { keys: [...keys], arguments: [...args] };
      return byName(
        () => connection.evalSha(sha, options),
        () => connection.eval(text, options),
      );
    },
    async publish(channel, text) {
      return own(commands).publish(channel, text);
    },
    async subscribe(channel) {
      await own(subscriber).subscribe([channel], hear);
      names.add(channel);
    },
    async unsubscribe(channel) {
      names.delete(channel);
      await own(subscriber).unsubscribe(channel);
    },
    probeNames: (base) => [base],
    async renew(_, unanswered) {
      subscriber?.destroy();
      events?.lost();
      await Promise.all([listen(), unanswered ? command() : null]);
      events?.back();
    },
    async close() {
      for (const connection of [commands, subscriber]) connection?.destroy();
      commands = null;
      subscriber = null;
      events = null;
    },
  };
}
