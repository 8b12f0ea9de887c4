import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { End, Session, Transport } from '@rt/core';

/** The states of a WebSocket, as `ws` and browsers number them. */
const open = 1;
const closing = 2;
const closed = 3;

/** What may wait for a client that does not read. */
const maxUnreadBytes = 1_048_576;

/** What `close` listeners are told where nobody has said a code. @see RFC 6455, section 7.4.1 */
const codeOf: Readonly<Record<End['type'], number>> = { left: 1000, done: 1000, peer: 1006, failed: 1006 };

/**
 * The client of a gateway, whatever carries it. To a gateway that was written for `@nestjs/platform-ws` it is what a
 * WebSocket is: `send`, `close`, `terminate`, `readyState`, and the events `message` and `close`.
 */
export class GatewayClient extends EventEmitter implements Session {
  /** Names the client in the URLs of its POSTs. Nobody can guess it. */
  readonly id: string = randomUUID();
  readonly OPEN: number = open;
  readonly #wrap: (text: string) => string;
  #transport: Transport | null = null;
  #state: number = open;
  #code: number | null = null;
  /** What it was sent since it has stopped reading. */
  #unreadBytes = 0;

  /** @param wrap How a message is written on the wire. */
  constructor(wrap: (text: string) => string) {
    super();
    this.#wrap = wrap;
  }

  get readyState(): number {
    return this.#state;
  }

  /** Gives it its wire. Called once, in the call that opens it. */
  begin(transport: Transport): void {
    this.#transport = transport;
  }

  /** Sends one message. Does nothing when it is not open. */
  send(data: string | Uint8Array): void {
    if (this.#state === open) this.write(this.#wrap(typeof data === 'string' ? data : Buffer.from(data).toString()));
  }

  /** Writes what is no message. */
  write(text: string): void {
    const bytes = this.#transport?.framing.frame(text);
    if (bytes === undefined || this.#transport?.write(bytes) !== false) return;
    this.#unreadBytes += bytes.length;
    if (this.#unreadBytes > maxUnreadBytes) this.terminate();
  }

  /** Ends it after what was sent. @param code for the peer, where the wire can carry one. @default 1000 */
  close(code = 1000): void {
    if (this.#state !== open) return;
    this.#state = closing;
    this.#code = code;
    this.#transport?.end(code);
  }

  /** Ends it at once. */
  terminate(): void {
    if (this.#state === closed) return;
    this.#state = closing;
    this.#code ??= 1006;
    this.#transport?.abort();
  }

  receive(text: string): void {
    // An empty one is a sign of life.
    if (text !== '' && this.#state === open) this.emit('message', Buffer.from(text), false);
  }

  drained(): void {
    this.#unreadBytes = 0;
  }

  closed({ type }: End): void {
    if (this.#state === closed) return;
    this.#state = closed;
    this.emit('close', this.#code ?? codeOf[type], Buffer.alloc(0));
  }
}
