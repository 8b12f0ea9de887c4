import type { Script } from './script.ts';

/** What a subscriber is told. */
export interface DriverEvents {
  message(channel: string, text: string): void;
  /** A connection for pub/sub is gone. It comes back by itself. */
  lost(): void;
  /** All connections for pub/sub are there, and subscribed to all that they were: what was said meanwhile is lost. */
  back(): void;
  /** Something of it has failed; it comes back by itself. */
  failed(cause: unknown): void;
}

/** What the broker needs of a client for Redis, whatever that is. */
export interface RedisDriver {
  /** Begins to listen, and opens connections of its own, like the client's. */
  open(events: DriverEvents): Promise<void>;
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** Resolves to how many connections it was said to, as far as the server knows; `null` where it does not. */
  publish(channel: string, text: string): Promise<number | null>;
  /** Resolves when the server has said that it is so. Repeating it changes nothing. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** Names that begin with `base`, one on each connection for pub/sub that there is at this moment. */
  probeNames(base: string): readonly string[];
  /**
   * Gives up the connection for pub/sub on which this name is, which says nothing any more, and gets another one: then `back`
   * is called. So with the connection for commands, if nothing is answered there.
   */
  renew(name: string, unanswered: boolean): Promise<void>;
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
