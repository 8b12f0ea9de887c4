import type { Transport } from '../delivery/transport.ts';
import type { Exchange, Head } from '../http/exchange.ts';
import type { OnGone } from './node-bus.ts';
import type { AskedReply, AskedRequest } from './question.ts';

const decoder = new TextDecoder();

/** A request that another node has taken, whose reply goes back there. */
export class AskedExchange implements Exchange {
  readonly method = 'POST';
  readonly address = null;
  readonly upgradable = false;
  readonly query: URLSearchParams;
  readonly replied: Promise<AskedReply>;
  readonly #body: string;
  #reply: (reply: AskedReply) => void = () => {};
  #whenGone: (() => void)[] = [];
  #over = false;

  constructor({ query, body }: AskedRequest, onGone: OnGone) {
    this.query = new URLSearchParams(query);
    this.#body = body;
    this.replied = new Promise((resolve) => (this.#reply = resolve));
    onGone(() => this.#gone());
  }

  get closed(): boolean {
    return this.#over;
  }

  header(): null {
    return null;
  }

  onGone(run: () => void): void {
    this.#whenGone.push(run);
  }

  /** The node that has taken it has seen to its size. */
  async readText(): Promise<string> {
    return this.#body;
  }

  reply({ status, headers }: Head, body: string | Uint8Array): void {
    this.#over = true;
    this.#whenGone = [];
    this.#reply({ status, headers, body: typeof body === 'string' ? body : decoder.decode(body) });
  }

  stream(): Transport {
    throw new TypeError('a request for an open session opens no stream');
  }

  upgrade(): Transport {
    throw new TypeError('a request for an open session is no upgrade');
  }

  #gone(): void {
    if (this.#over) return;
    this.#over = true;
    for (const run of this.#whenGone.splice(0)) run();
    // Nobody reads it.
    this.#reply({ status: 499, headers: {}, body: '' });
  }
}
