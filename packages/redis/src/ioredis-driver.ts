import type { DriverEvents, RedisDriver } from './redis-driver.ts';
import { byName } from './redis-driver.ts';

/** A client of `ioredis`, as far as it is needed. */
export interface IoredisClient {
  evalsha(sha: string, keyCount: number, ...rest: readonly string[]): Promise<unknown>;
  eval(text: string, keyCount: number, ...rest: readonly string[]): Promise<unknown>;
  publish(channel: string, text: string): Promise<unknown>;
  duplicate(): IoredisSubscriber;
}

interface IoredisSubscriber {
  on(event: 'message', listener: (channel: string, text: string) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  subscribe(...channels: readonly string[]): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
}

/** How many channels are named in one command. */
const maxNames = 512;

export function ioredisDriver(client: IoredisClient): RedisDriver {
  const names = new Set<string>();
  let subscriber: IoredisSubscriber | null = null;
  const opened = (): IoredisSubscriber => {
    if (subscriber === null) throw new Error('the broker is not open');
    return subscriber;
  };
  /** It subscribes anew by itself as well, but does not say when that is done. */
  async function subscribeAll(own: IoredisSubscriber): Promise<void> {
    const all = [...names];
    for (let at = 0; at < all.length; at += maxNames) await own.subscribe(...all.slice(at, at + maxNames));
  }
  return {
    async open(events: DriverEvents) {
      const own = client.duplicate();
      subscriber = own;
      own.on('message', (channel, text) => events.message(channel, text));
      own.on('error', (cause) => events.failed(cause));
      let wasReady = false;
      own.on('ready', () => {
        if (wasReady)
          subscribeAll(own).then(
            () => events.back(),
            (cause: unknown) => events.failed(cause),
          );
        wasReady = true;
      });
    },
    run: ({ sha, text }, keys, args) =>
      byName(
        () => client.evalsha(sha, keys.length, ...keys, ...args),
        () => client.eval(text, keys.length, ...keys, ...args),
      ),
    async publish(channel, text) {
      await client.publish(channel, text);
    },
    async subscribe(channel) {
      names.add(channel);
      await opened().subscribe(channel);
    },
    async unsubscribe(channel) {
      names.delete(channel);
      await opened().unsubscribe(channel);
    },
    async renew() {
      subscriber?.disconnect(true);
    },
    async close() {
      subscriber?.disconnect();
      subscriber = null;
    },
  };
}
