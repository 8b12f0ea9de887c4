import type { Exchange, Head, Session, Transport } from '@rt/core';
import type { SseItem } from '@rt/protocol';
import { createSseParser } from '@rt/protocol';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A peer behind a pipe whose room the test decides: it may stop reading, read again, or vanish. */
export class SimulatedPeer implements Exchange {
  readonly method: string;
  readonly address: string | null = null;
  readonly upgradable = false;
  readonly query: URLSearchParams;
  readonly items: SseItem[] = [];
  head: Head | null = null;
  /** The body of a reply that is not a stream. */
  body = '';
  /** Every buffer that was written, as the core gave it: shared buffers are the same object. */
  readonly writes: Uint8Array[] = [];
  closed = false;
  /** Sees each write when it is made, whether or not the peer reads. */
  onWrite: (bytes: Uint8Array) => void = () => {};
  readonly #headers: Readonly<Record<string, string>>;
  readonly #parser = createSseParser();
  #session: Session | null = null;
  #onGone: (() => void) | null = null;
  #held: Uint8Array[] = [];
  #reading = true;
  #broken: Error | null = null;

  constructor(
    query: string,
    headers: Readonly<Record<string, string>> = { accept: 'text/event-stream' },
    method: string = 'GET',
  ) {
    this.method = method;
    this.query = new URLSearchParams(query);
    this.#headers = headers;
  }

  header(name: string): string | null {
    return this.#headers[name] ?? null;
  }

  onGone(run: () => void): void {
    this.#onGone = run;
  }

  async readText(): Promise<string> {
    return '';
  }

  reply(head: Head, body: string | Uint8Array): void {
    if (this.head !== null) throw new Error('a second head');
    this.head = head;
    this.body = typeof body === 'string' ? body : new TextDecoder().decode(body);
    this.closed = true;
  }

  upgrade(): Transport {
    throw new Error('this peer is no WebSocket');
  }

  stream(head: Head, session: Session): Transport {
    if (this.head !== null) throw new Error('a second head');
    this.head = head;
    this.#session = session;
    return {
      framing: { name: 'simulated', frame: encode, heartbeat: encode },
      write: (bytes) => this.#write(bytes),
      end: () => this.#end(),
      abort: () => this.#end(),
    };
  }

  /** Stops reading: the next write still goes in, and asks the server to stop. */
  stop(): void {
    this.#reading = false;
  }

  /** Reads what waits, and goes on reading. */
  read(): void {
    if (this.#reading) return;
    this.#reading = true;
    for (const bytes of this.#held) this.items.push(...this.#parser.feed(bytes));
    this.#held = [];
    this.#session?.drained();
  }

  /** From now on every write throws this. */
  break(cause: Error): void {
    this.#broken = cause;
  }

  /** Vanishes; what waits is lost. */
  leave(): void {
    if (this.closed) return;
    this.closed = true;
    this.#onGone?.();
    this.#session?.closed({ type: 'peer' });
  }

  #write(bytes: Uint8Array): boolean {
    if (this.closed) throw new Error('a write after the end');
    if (this.#broken !== null) throw this.#broken;
    this.writes.push(bytes);
    this.onWrite(bytes);
    if (this.#reading) {
      this.items.push(...this.#parser.feed(bytes));
      return true;
    }
    if (this.#held.length > 0) throw new Error('a write to a peer that is not writable');
    this.#held.push(bytes);
    return false;
  }

  #end(): void {
    if (this.closed) return;
    this.closed = true;
    this.#session?.closed({ type: 'done' });
  }
}
