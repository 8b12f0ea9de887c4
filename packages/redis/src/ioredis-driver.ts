import { RtError } from '@rt/core';
import type { RedisDriver } from './redis-driver.ts';
import { byName } from './redis-driver.ts';

/** A client of `ioredis`, as far as it is needed. */
export interface IoredisClient {
  duplicate(options: {
    readonly lazyConnect: boolean;
    readonly autoResubscribe: boolean;
    readonly autoResendUnfulfilledCommands: boolean;
    readonly maxRetriesPerRequest: number;
  }): IoredisConnection;
  evalsha: IoredisConnection['evalsha'];
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

/** How many channels are named in one command. */
const maxNames = 512;

/** Resolves when it is there for the first time, or gives up. */
async function connected(connection: IoredisConnection): Promise<void> {
  await new Promise<void>((resolve) => {
    connection.on('ready', resolve);
    connection.on('end', resolve);
  });
}

interface Opened {
  readonly commands: IoredisConnection;
  readonly subscriber: IoredisConnection;
}

export function ioredisDriver(client: IoredisClient): RedisDriver {
  const names = new Set<string>();
  let opened: Opened | null = null;
  const own = (): Opened => {
    if (opened === null) throw new RtError('hub_closed', 'this broker is not open');
    return opened;
  };
  // An append whose connection was lost may have been done: sent again by itself it would be done twice. So what is under
  // way then fails, and what is asked until there is a connection again.
  const connect = (): IoredisConnection =>
    client.duplicate({
      lazyConnect: false,
      // It would not say when that is done.
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
    });
  async function subscribeAll(subscriber: IoredisConnection): Promise<void> {
    const all = [...names];
    for (let at = 0; at < all.length; at += maxNames) await subscriber.subscribe(...all.slice(at, at + maxNames));
  }
  return {
    async open(events) {
      const { commands, subscriber } = (opened = { commands: connect(), subscriber: connect() });
      for (const connection of [commands, subscriber]) connection.on('error', (cause) => events.failed(cause));
      subscriber.on('message', (channel, text) => events.message(channel, text));
      subscriber.on('close', () => events.lost());
      subscriber.on('ready', () => {
        subscribeAll(subscriber).then(
          () => events.back(),
          (cause: unknown) => events.failed(cause),
        );
      });
      await Promise.all([commands, subscriber].map(connected));
    },
    async run({ sha, text }, keys, args) {
      const { commands } = own();
      return byName(
        () => commands.evalsha(sha, keys.length, ...keys, ...args),
        () => commands.eval(text, keys.length, ...keys, ...args),
      );
    },
    async publish(channel, text) {
      return own().commands.publish(channel, text);
    },
    async subscribe(channel) {
      await own().subscriber.subscribe(channel);
      names.add(channel);
    },
    async unsubscribe(channel) {
      names.delete(channel);
      await own().subscriber.unsubscribe(channel);
    },
    probeNames: (base) => [base],
    async renew(_, unanswered) {
      opened?.subscriber.disconnect(true);
      if (unanswered) opened?.commands.disconnect(true);
    },
    async close() {
      opened?.commands.disconnect();
      opened?.subscriber.disconnect();
      opened = null;
    },
  };
}
