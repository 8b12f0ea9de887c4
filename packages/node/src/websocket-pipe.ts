import type { Duplex } from 'node:stream';
import type { Framing, Session, Transport } from '@rt/core';
import type { WebSocket } from 'ws';

/** A WebSocket that has been accepted. */
export interface Accepted {
  readonly socket: Duplex;
  readonly webSocket: WebSocket;
  readonly framing: Framing;
}

/**
 * A peer whose app has closed it says 1000, or gives no code (1005). A page that is left or reloaded says 1001, and may be
 * back in a moment.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
 */
function endOf(code: number): 'left' | 'peer' {
  return code === 1000 || code === 1005 ? 'left' : 'peer';
}

/** A policy violation as RFC 6455 has it: a binary message. */
const unsupportedData = 1003;

/**
 * A WebSocket as the pipe to a peer. `ws` reads: it unmasks, joins fragments, checks and answers pings. What we write
 * are whole frames that many connections share, straight to the socket.
 */
export class WebSocketPipe implements Transport {
  readonly framing: Framing;
  readonly #socket: Duplex;
  readonly #webSocket: WebSocket;
  #ended = false;

  constructor({ socket, webSocket, framing }: Accepted, session: Session) {
    this.#socket = socket;
    this.#webSocket = webSocket;
    this.framing = framing;
    const alive = (): void => session.receive('');
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) this.end(unsupportedData);
      // `ws` gives a text message as one buffer.
      else session.receive((data as Buffer).toString('utf8'));
    });
    webSocket.on('pong', alive);
    webSocket.on('ping', alive);
    // It closes by itself after an error, with the code that RFC 6455 has for it.
    webSocket.on('error', () => {});
    webSocket.once('close', (code) => session.closed({ type: this.#ended ? 'done' : endOf(code) }));
    socket.on('drain', () => session.drained());
  }

  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || !this.#socket.writable) return false;
    return this.#socket.write(bytes);
  }

  end(number: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#webSocket.close(number);
  }

  abort(): void {
    this.#ended = true;
    this.#webSocket.terminate();
  }
}
