import type { Exchange, Head, Session, Transport } from '@rt/core';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A WebSocket to a hub in the same process, without a network: what each side sends the other has at once. */
export class MemorySocket implements Exchange {
  readonly method = 'GET';
  readonly query: URLSearchParams = new URLSearchParams();
  readonly address = null;
  readonly upgradable = true;
  readonly #onLines: (lines: string) => void;
  readonly #onClosed: () => void;
  #session: Session | null = null;
  #closed = false;
  /** The body of the answer, if the hub has refused the upgrade. */
  refusal: string | null = null;

  constructor(listeners: { readonly lines: (lines: string) => void; readonly closed: () => void }) {
    this.#onLines = listeners.lines;
    this.#onClosed = listeners.closed;
  }

  get closed(): boolean {
    return this.#closed;
  }

  header(name: string): string | null {
    return name === 'upgrade' ? 'websocket' : null;
  }

  onGone(): void {}

  async readText(): Promise<string> {
    return '';
  }

  reply(_head: Head, body: string | Uint8Array): void {
    this.refusal = typeof body === 'string' ? body : new TextDecoder().decode(body);
    this.#closed = true;
  }

  stream(): Transport {
    throw new Error('a WebSocket was asked for');
  }

  upgrade(session: Session): Transport {
    this.#session = session;
    return {
      framing: { name: 'memory', frame: encode, heartbeat: encode },
      write: (bytes) => {
        if (!this.#closed) this.#onLines(new TextDecoder().decode(bytes));
        return true;
      },
      end: () => this.#end('done'),
      abort: () => this.#end('done'),
    };
  }

  send(lines: string): void {
    this.#session?.receive(lines);
  }

  /** Breaks without a word. */
  cut(): void {
    this.#end('peer');
  }

  /** Closes in good order. */
  leave(): void {
    this.#end('left');
  }

  #end(type: 'peer' | 'left' | 'done'): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session?.closed({ type });
    this.#onClosed();
  }
}
