import type { DriverEvents, RedisDriver } from './redis-driver.ts';
import { byName } from './redis-driver.ts';

/** A client of `redis`, as far as it is needed. */
export interface NodeRedisClient {
  evalSha(sha: string, options: ScriptOptions): Promise<unknown>;
  eval(text: string, options: ScriptOptions): Promise<unknown>;
  publish(channel: string, text: string): Promise<unknown>;
  duplicate(): NodeRedisSubscriber;
}

interface ScriptOptions {
  readonly keys: string[];
  readonly arguments: string[];
}

interface NodeRedisSubscriber {
  on(event: 'ready', listener: () => void): unknown;
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channels: string[], listener: (text: string, channel: string) => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  destroy(): void;
}

export function nodeRedisDriver(client: NodeRedisClient): RedisDriver {
  const names = new Set<string>();
  let events: DriverEvents | null = null;
  let subscriber: NodeRedisSubscriber | null = null;
  const hear = (text: string, channel: string): void => events?.message(channel, text);
  const opened = (): NodeRedisSubscriber => {
    if (subscriber === null) throw new Error('the broker is not open');
    return subscriber;
  };
  async function connect(): Promise<void> {
    const own = client.duplicate();
    subscriber = own;
    let wasReady = false;
    own.on('error', (cause) => events?.failed(cause));
    // By then it has subscribed anew, and the server has said so.
    own.on('ready', () => {
      if (wasReady && subscriber === own) events?.back();
      wasReady = true;
    });
    await own.connect();
  }
  return {
    async open(given) {
      events = given;
      await connect();
    },
    run: ({ sha, text }, keys, args) => {
      const options = { keys: [...keys], arguments: [...args] };
      return byName(
        () => client.evalSha(sha, options),
        () => client.eval(text, options),
      );
    },
    async publish(channel, text) {
      await client.publish(channel, text);
    },
    async subscribe(channel) {
      names.add(channel);
      await opened().subscribe([channel], hear);
    },
    async unsubscribe(channel) {
      names.delete(channel);
      await opened().unsubscribe(channel);
    },
    async renew() {
      subscriber?.destroy();
      await connect();
      if (names.size > 0) await opened().subscribe([...names], hear);
      events?.back();
    },
    async close() {
      subscriber?.destroy();
      subscriber = null;
      events = null;
    },
  };
}
