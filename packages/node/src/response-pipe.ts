import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Framing, Session } from '@rt/core';
import { chunk, chunkFraming } from './chunk-framing.ts';
import { directSocket } from './direct-socket.ts';
import type { NodeRequest } from './node-message.ts';
import type { EarlyTransport } from './late-pipe.ts';
import { withoutTimeout } from './socket-timeout.ts';

const encode = (text: string): Uint8Array => Buffer.from(text);
export const utf8: Framing = { name: 'node utf8', frame: encode, heartbeat: encode };

/** What a stream is written to: the response, or compressing middleware in front of it. */
export type Outlet = NodeJS.WritableStream & {
  /** Added by compressing middleware: sends what it is holding back. */
  flush?(): void;
  /** What a stream of Node says of itself. */
  readonly writableLength?: number;
};

/** The request and the response of a stream. */
export interface Streamed {
  readonly request: NodeRequest;
  readonly response: ServerResponse;
  /** What is written to. @default the response */
  readonly outlet?: Outlet;
  /** Ends what is written to, in the way of the host. @default its `end` */
  readonly finish?: (outlet: Outlet) => void;
}

/**
 * A response whose head is sent, as the pipe to a peer that reads a stream. Where nothing forbids it, what many peers are
 * sent is written to their sockets as a chunk that was made once.
 */
export class ResponsePipe implements EarlyTransport {
  readonly framing: Framing;
  readonly #request: NodeRequest;
  readonly #response: ServerResponse;
  readonly #outlet: Outlet;
  readonly #direct: Socket | null;
  readonly #finish: (outlet: Outlet) => void;
  #ended = false;

  constructor({ request, response, outlet = response, finish = (to) => to.end() }: Streamed, session: Session) {
    this.#request = request;
    this.#response = response;
    this.#outlet = outlet;
    this.#finish = finish;
    this.#direct = outlet === response ? directSocket(response) : null;
    this.framing = this.#direct === null ? utf8 : chunkFraming;
    withoutTimeout(request);
    const drained = (): void => session.drained();
    (this.#direct ?? outlet).on('drain', drained);
    // Its socket may serve another request after it.
    response.once('close', () => this.#direct?.off('drain', drained));
    if (response.destroyed) queueMicrotask(() => session.closed({ type: 'peer' }));
    else response.once('close', () => session.closed({ type: this.#ended ? 'done' : 'peer' }));
  }

  get waitingBytes(): number {
    // What compressing middleware holds back comes before what the response has.
    const held = this.#outlet === this.#response ? 0 : (this.#outlet.writableLength ?? 0);
    return held + this.#response.writableLength;
  }

  write(bytes: Uint8Array): boolean {
    // Middleware may have ended it, too: what came on the socket then would be taken for another answer.
    if (this.#ended || this.#response.writableEnded) return false;
    if (this.#direct !== null) return this.#direct.writable && this.#direct.write(bytes);
    if (this.#response.destroyed || !this.#outlet.writable) return false;
    const room = this.#outlet.write(bytes);
    this.#outlet.flush?.();
    return room;
  }

  writeEarly(bytes: Uint8Array): boolean {
    return this.write(this.#direct === null ? bytes : chunk(bytes));
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // An ended stream leaves its socket open for another request, which would hold up a server that is closing.
    const socket: Partial<Socket> | null = this.#request.httpVersionMajor < 2 ? this.#response.socket : null;
    // Not as an argument of `end`: compressing middleware replaces it by one that takes no callback.
    this.#response.once('finish', () => socket?.destroySoon?.());
    this.#finish(this.#outlet);
  }

  abort(): void {
    this.#ended = true;
    this.#response.destroy();
  }
}
