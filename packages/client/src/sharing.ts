import type { SharedTab, SharedTabOptions } from './share/shared-tab.ts';
import type { TransportChoice } from './transports/choice.ts';
import { only } from './transports/choice.ts';

/**
 * The choice of a client that shares its connection with those of other tabs. What that needs is loaded before the first
 * connection, so that pages that do not share do not carry it; where it cannot be had the client has its own.
 */
export class Sharing implements TransportChoice {
  readonly #options: Omit<SharedTabOptions, 'ground'>;
  #choice: TransportChoice;
  #tab: SharedTab | null = null;
  #closed = false;

  constructor(options: Omit<SharedTabOptions, 'ground'>) {
    this.#options = options;
    this.#choice = options.choice;
  }

  get current(): TransportChoice['current'] {
    return this.#choice.current;
  }

  next(): boolean {
    return this.#choice.next();
  }

  again(): void {
    this.#choice.again();
  }

  worked(): void {
    this.#choice.worked();
  }

  /** Says who asks, once it is clear how: who shares has no need to, but for the leader. */
  async token(): Promise<string | null> {
    if (this.#tab === null) {
      const loaded = await import('./share/share.ts').catch(() => null);
      if (this.#tab === null && !this.#closed) this.#tab = loaded?.share(this.#options) ?? null;
    }
    if (this.#tab === null) return (await this.#options.token?.()) ?? null;
    this.#choice = only(this.#tab);
    return null;
  }

  /** The client is closed for good. */
  close(): void {
    this.#closed = true;
    this.#tab?.close();
  }
}
