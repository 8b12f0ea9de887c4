import { EventEmitter } from 'node:events';
import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** One end of a connection in memory, as a server's socket: what the server writes is kept. */
export class MemoryPeer extends Duplex {
  readonly written: Buffer[] = [];

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.written.push(bytes);
    done();
  }

  override _final(done: () => void): void {
    done();
    // The peer closes its end too.
    this.push(null);
  }
}

/** A server that has nothing but listeners: enough for upgrades. */
export class MemoryServer extends EventEmitter {
  /** Asks for a WebSocket, and returns the peer's socket. */
  upgrade(url: string): MemoryPeer {
    const peer = new MemoryPeer();
    const request = new IncomingMessage(peer as unknown as Socket);
    request.method = 'GET';
    request.url = url;
    Object.assign(request.headers, {
      host: 'localhost',
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    });
    this.emit('upgrade', request, peer, Buffer.alloc(0));
    return peer;
  }
}
