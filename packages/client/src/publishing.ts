import type { RtError, ServerFrame } from '@rt/protocol';
import type { Asking } from './asking.ts';
import type { Connected } from './connection.ts';
import type { Environment } from './environment.ts';
import type { OutboxEntry, OutboxStore, Settled } from './outbox.ts';
import { Outbox, publishFrame } from './outbox.ts';

const nobody: Settled = { stored() {}, refused() {} };

/** What publishing is made of. */
export interface PublishingOptions {
  readonly environment: Environment;
  readonly store: OutboxStore | null;
  /** Where what is optimistic of a channel is shown. */
  readonly shown: (channel: string) => { stored(key: string, position: string | null): void };
}

/** What this client publishes: in order, and stored once. */
export class Publishing {
  readonly #client: Asking;
  readonly #shown: PublishingOptions['shown'];
  readonly #store: OutboxStore | null;
  readonly #outbox: Outbox;
  /** Until what an earlier page has left behind is in its place: what is published now comes after it. */
  #restored: Promise<void> | null = null;
  #closed: RtError | null = null;

  constructor(client: Asking, { environment, store, shown }: PublishingOptions) {
    this.#client = client;
    this.#shown = shown;
    this.#store = store;
    this.#outbox = new Outbox((entry, settled) => this.#send(entry, settled), store, environment);
    if (store !== null) this.#restored = this.#restore(store);
  }

  /** Resolves to the position, or to `null` of what has none. @throws RtError as it is refused */
  async publish(entry: OutboxEntry): Promise<string | null> {
    // Without anything to wait for it is on its way within the call.
    if (this.#restored !== null) await this.#restored;
    if (this.#closed !== null) throw this.#closed;
    const { key, channel, optimistic } = entry;
    return new Promise((resolve, reject) => {
      this.#outbox.add(entry, {
        stored: (position) => {
          if (optimistic) this.#shown(channel).stored(key, position);
          resolve(position);
        },
        refused: reject,
      });
      this.#client.need();
    });
  }

  opened({ limits }: Connected): void {
    this.#outbox.open(limits.rates ?? null);
    if (this.#store !== null) void this.#restore(this.#store);
  }

  lost(): void {
    this.#outbox.lost();
  }

  close(error: RtError): void {
    this.#closed = error;
    this.#outbox.close(error);
  }

  #send(entry: OutboxEntry, settled: Settled): void {
    const answered = (answer: ServerFrame): void => {
      if (answer.type === 'published') settled.stored(answer.position);
    };
    // One whose connection is lost is sent again by the outbox, in its order.
    const failed = (error: RtError): void => {
      if (error.code !== 'connection_lost') settled.refused(error);
    };
    this.#client.send(this.#client.line(publishFrame(entry), answered, failed));
  }

  /** Sends what pages that are no more have left behind. */
  async #restore(store: OutboxStore): Promise<void> {
    // What cannot be read may be read by the next page.
    const entries = await store.load().catch(() => []);
    this.#restored = null;
    if (this.#closed !== null) return;
    for (const entry of entries) if (!this.#outbox.has(entry)) this.#outbox.add(entry, nobody);
    if (this.#outbox.size > 0) this.#client.need();
  }
}
