// #region pipe
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Exchange, Framing, Head, RequestHub, Session, Transport, UpgradeOptions, User } from '@rt/core';

/** Frames are lines already. An empty one is a heartbeat, and its answer. */
const lines: Framing = {
  name: 'tcp lines',
  frame: (text) => Buffer.from(text),
  heartbeat: (text) => Buffer.from(text),
};

class LinePipe implements Transport {
  readonly framing = lines;
  readonly #socket: Socket;
  #ended = false;

  constructor(socket: Socket, session: Session) {
    this.#socket = socket;
    socket.on('drain', () => session.drained());
    socket.once('close', () => session.closed({ type: this.#ended ? 'done' : 'peer' }));
  }

  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array): boolean {
    return !this.#ended && this.#socket.writable && this.#socket.write(bytes);
  }

  end(): void {
    this.#ended = true;
    this.#socket.end(); // the last frame, `bye`, has said why
  }

  abort(): void {
    this.#ended = true;
    this.#socket.destroy();
  }
}
// #endregion

// #region exchange
class LineExchange implements Exchange {
  readonly method = 'GET';
  readonly query = new URLSearchParams();
  readonly upgradable = true;
  readonly address: string | null;
  readonly #socket: Socket;
  #rest: string;

  /** @param rest What has come behind the first line. */
  constructor(socket: Socket, rest: string) {
    this.#socket = socket;
    this.#rest = rest;
    this.address = socket.remoteAddress ?? null;
  }

  get closed(): boolean {
    return this.#socket.destroyed;
  }

  header(name: string): string | null {
    return name === 'upgrade' ? 'websocket' : null; // a session with messages both ways, and no origin
  }

  /** Nothing is asked of the hub here that could outlive the peer. */
  onGone(): void {}

  async readText(): Promise<string> {
    return '';
  }

  /** A refusal: a whole body. */
  reply(_head: Head, body: string | Uint8Array): void {
    this.#socket.write(body);
    this.#socket.end('\n');
  }

  stream(): Transport {
    throw new TypeError('a session was asked for');
  }

  upgrade(session: Session, { maxBytes }: UpgradeOptions): Transport {
    const take = (text: string): void => {
      const parts = (this.#rest + text).split('\n');
      this.#rest = parts.pop() ?? '';
      for (const line of [...parts, this.#rest]) {
        if (Buffer.byteLength(line) > maxBytes) return void this.#socket.destroy();
      }
      for (const line of parts) session.receive(line);
    };
    this.#socket.on('data', take);
    setImmediate(() => {
      take(''); // not before this has returned
      this.#socket.resume();
    });
    return new LinePipe(this.#socket, session);
  }
}
// #endregion

// #region server
/** Serves a hub over TCP. The first line says who it is; frames follow, one a line. */
export function lineServer(hub: RequestHub, who: (line: string) => User | null): Server {
  return createServer((socket) => {
    let text = '';
    const first = (chunk: string): void => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end === -1) return text.length > 256 ? void socket.destroy() : undefined;
      socket.off('data', first).pause();
      void hub.handle(new LineExchange(socket, text.slice(end + 1)), () => who(text.slice(0, end)));
    };
    socket.on('error', () => {}); // `close` follows, and is what counts
    socket.setNoDelay().setEncoding('utf8').on('data', first);
  });
}
// #endregion
