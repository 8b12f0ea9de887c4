import type { ChannelStatus, Status, Store } from '@rt/client';
import type { ConnectionState } from './connection-state.ts';
import { connectionState } from './connection-state.ts';
import type { Road } from './road.ts';

/** What is looked at of a client. */
interface WatchedClient extends Store<Status> {
  retryNow(): void;
}

export interface ConnectionOptions {
  readonly road: Road;
  onState(state: ConnectionState, before: ConnectionState): void;
}

const cutMs = 5000;

/** The connection of a client as the page shows it, by one channel that is read all the time; it can be cut for a while. */
export class Connection {
  readonly #options: ConnectionOptions;
  #client: WatchedClient | null = null;
  #channel: Store<ChannelStatus> | null = null;
  #state: ConnectionState = { name: 'connecting' };
  #cutUntilMs: number | null = null;
  #cutTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Looks at this client and channel from now on. Returns how to stop. */
  watch(client: WatchedClient, channel: Store<ChannelStatus>): () => void {
    this.#client = client;
    this.#channel = channel;
    const stops = [client, channel].map((store) => store.subscribe(() => this.#settle()));
    this.#settle();
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Breaks the connection for five seconds. */
  cut(): void {
    clearTimeout(this.#cutTimer);
    this.#cutUntilMs = Date.now() + cutMs;
    this.#cutTimer = setTimeout(() => this.retryNow(), cutMs);
    this.#options.road.cut();
    this.#settle();
  }

  retryNow(): void {
    clearTimeout(this.#cutTimer);
    this.#cutUntilMs = null;
    this.#options.road.mend();
    this.#client?.retryNow();
    this.#settle();
  }

  /** Cuts what is there, and brings back what is not: what the button does. */
  toggle(): void {
    if (this.#state.name === 'live' || this.#state.name === 'connecting') this.cut();
    else this.retryNow();
  }

  #settle(): void {
    if (this.#client === null || this.#channel === null) return;
    const before = this.#state;
    this.#state = connectionState({
      connection: this.#client.getSnapshot(),
      channel: this.#channel.getSnapshot(),
      cutUntilMs: this.#cutUntilMs,
      before,
      online: navigator.onLine,
      nowMs: Date.now(),
    });
    if (JSON.stringify(this.#state) !== JSON.stringify(before)) this.#options.onState(this.#state, before);
  }
}
