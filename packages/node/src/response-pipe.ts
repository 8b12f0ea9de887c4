import type { ServerResponse } from 'node:http';
import type { Framing, Session, Transport } from '@rt/core';
import type { NodeRequest } from './node-message.ts';
import { withoutTimeout } from './socket-timeout.ts';

const encode = (text: string): Uint8Array => Buffer.from(text);
const utf8: Framing = { name: 'node utf8', frame: encode, heartbeat: encode };

interface Compressing {
  /** Added by compressing middleware: sends what it is holding back. */
  flush?(): void;
}

/** A response as the pipe to a peer that reads a stream. */
export class ResponsePipe implements Transport {
  readonly framing: Framing = utf8;
  readonly #request: NodeRequest;
  readonly #response: ServerResponse & Compressing;
  #ended = false;

  constructor(request: NodeRequest, response: ServerResponse, session: Session) {
    this.#request = request;
    this.#response = response;
    withoutTimeout(request);
    response.on('drain', () => session.drained());
    if (response.destroyed) queueMicrotask(() => session.closed({ type: 'peer' }));
    else response.once('close', () => session.closed({ type: this.#ended ? 'done' : 'peer' }));
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#response.destroyed) return false;
    const room = this.#response.write(bytes);
    this.#response.flush?.();
    return room;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // An ended stream leaves its socket open for another request, which would hold up a server that is closing.
    const socket = this.#request.httpVersionMajor < 2 ? this.#response.socket : null;
    // Not as an argument of `end`: compressing middleware replaces it by one that takes no callback.
    this.#response.once('finish', () => socket?.destroySoon());
    this.#response.end();
  }

  abort(): void {
    this.#ended = true;
    this.#response.destroy();
  }
}
