import type { Transport, TransportName } from './transport.ts';

/** Which transport a connection is tried over. */
export interface TransportChoice {
  readonly current: Transport;
  /** It does not work here. Whether another one is to be tried at once. */
  next(): boolean;
  /** An attempt came to nothing for other reasons. */
  again(): void;
  /** It works. */
  worked(): void;
}

/** Where it is kept what has worked. */
export interface TransportMemory {
  load(): string | null;
  save(name: TransportName): void;
}

/** How often in a row one that has worked before may not work, until others are tried: it may be the server. */
const maxMisses = 3;

/** One transport and no other. */
export function only(transport: Transport): TransportChoice {
  return { current: transport, next: () => false, again() {}, worked() {} };
}

/** The transports in this order, but first the one that has worked last. */
export function inOrder(transports: readonly Transport[], memory: TransportMemory | null = null): TransportChoice {
  return new InOrder(transports, memory);
}

class InOrder implements TransportChoice {
  readonly #transports: readonly Transport[];
  readonly #memory: TransportMemory | null;
  #working: Transport | null;
  #index = 0;
  #misses = 0;

  constructor(transports: readonly Transport[], memory: TransportMemory | null) {
    this.#transports = transports;
    this.#memory = memory;
    const remembered = memory?.load() ?? null;
    this.#working = transports.find(({ name }) => name === remembered) ?? null;
    this.again();
  }

  get current(): Transport {
    const transport = this.#transports[this.#index];
    if (transport === undefined) throw new RangeError('a client needs at least one transport');
    return transport;
  }

  next(): boolean {
    if (this.current === this.#working) {
      this.#misses += 1;
      if (this.#misses < maxMisses) return false;
      this.#working = null;
      this.#misses = 0;
      if (this.#index > 0) {
        // It was tried first because it had worked: now all are, in their order.
        this.#index = 0;
        return true;
      }
    }
    this.#index = (this.#index + 1) % this.#transports.length;
    return this.#index !== 0;
  }

  again(): void {
    this.#index = this.#working === null ? 0 : this.#transports.indexOf(this.#working);
  }

  worked(): void {
    this.#misses = 0;
    if (this.#working === this.current) return;
    this.#working = this.current;
    this.#memory?.save(this.current.name);
  }
}

/** Remembers in the tab's own storage what has worked for a URL. */
export function tabMemory(url: string): TransportMemory | null {
  const key = `rt transport ${url}`;
  try {
    const storage = globalThis.sessionStorage;
    if (storage === undefined) return null;
    return { load: () => storage.getItem(key), save: (name) => storage.setItem(key, name) };
  } catch {
    // A page may be forbidden to have any storage.
    return null;
  }
}
