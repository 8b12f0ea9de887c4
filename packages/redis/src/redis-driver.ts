import type { Script } from './script.ts';

/** What a subscriber is told. */
export interface DriverEvents {
  message(channel: string, text: string): void;
  /** The connection for pub/sub is gone. It comes back by itself. */
  lost(): void;
  /** The connection for pub/sub is there, and subscribed to all that it was: what was said meanwhile is lost. */
  back(): void;
  /** Something of it has failed; it comes back by itself. */
  failed(cause: unknown): void;
}

/** What the broker needs of a client for Redis, whatever that is. */
export interface RedisDriver {
  /** Begins to listen, and opens connections of its own, like the client's. */
  open(events: DriverEvents): Promise<void>;
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  publish(channel: string, text: string): Promise<void>;
  /** Resolves when the server has said that it is so. Repeating it changes nothing. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** Gives up the connection for pub/sub, which says nothing any more, and gets another one: then `back` is called. */
  renew(): Promise<void>;
  /** Ends what `open` has begun, and not the app's own client. */
  close(): Promise<void>;
}

/** Runs a script by its name, and by its text where the server does not know it. */
export async function byName<Answer>(name: () => Promise<Answer>, text: () => Promise<Answer>): Promise<Answer> {
  try {
    return await name();
  } catch (cause) {
    if (cause instanceof Error && cause.message.startsWith('NOSCRIPT')) return text();
    throw cause;
  }
}
