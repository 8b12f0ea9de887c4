import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { within } from '@rt/testkit';

/** One connection to a server that is written by hand. */
export interface Peer {
  readonly socket: Socket;
  /** The head of the request. */
  readonly head: string;
  /** The bytes that came after the head, as soon as there are so many. */
  bytes(count: number): Promise<Buffer>;
}

/** A server that says what its test tells it to, byte by byte. */
export interface ScriptedServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Calls `answer` for each connection as soon as the head of its request has come. */
export async function scriptedServer(answer: (peer: Peer) => void): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let held = Buffer.alloc(0);
    let head: string | null = null;
    let changed = (): void => {};
    socket.on('data', (part) => {
      held = Buffer.concat([held, part]);
      const end = held.indexOf('\r\n\r\n');
      if (head === null && end !== -1) {
        head = held.toString('latin1', 0, end);
        held = held.subarray(end + 4);
        answer({ socket, head, bytes });
      }
      changed();
    });
    async function bytes(count: number): Promise<Buffer> {
      while (held.length < count) {
        const change = new Promise<void>((resolve) => {
          changed = resolve;
        });
        await within(`${count} bytes of the client`, change);
      }
      return held;
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The answer to a handshake with the key that the raw client sends: the one of RFC 6455. */
export const switching =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
