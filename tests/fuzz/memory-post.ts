import type { Exchange, Head, Transport } from '@rt/core';

/** A POST without a network, whose reply is there as soon as it was made. */
export class MemoryPost implements Exchange {
  readonly method = 'POST';
  readonly address: string | null = null;
  readonly upgradable = false;
  readonly query: URLSearchParams;
  readonly #text: string;
  status: number | null = null;
  body = '';
  closed = false;
  readonly replied: Promise<void>;
  #replied: () => void = () => {};

  constructor(query: string, text: string) {
    this.replied = new Promise((resolve) => (this.#replied = resolve));
    this.query = new URLSearchParams(query);
    this.#text = text;
  }

  header(): string | null {
    return null;
  }

  onGone(): void {
    // It stays until it is answered.
  }

  async readText(): Promise<string> {
    return this.#text;
  }

  reply({ status }: Head, body: string | Uint8Array): void {
    if (this.status !== null) throw new Error('a second reply');
    this.status = status;
    this.body = typeof body === 'string' ? body : new TextDecoder().decode(body);
    this.closed = true;
    this.#replied();
  }

  stream(): Transport {
    throw new Error('this peer takes no streams');
  }

  upgrade(): Transport {
    throw new Error('this peer is no WebSocket');
  }
}
