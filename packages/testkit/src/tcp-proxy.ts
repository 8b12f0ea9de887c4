import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A road between a client and a server that the test can cut and mend. */
export interface TcpProxy {
  readonly port: number;
  /** Ends every connection, and each new one at once, until `mend`; `reset` as if the other end had never heard of it. */
  cut(options?: { readonly reset?: boolean }): void;
  /**
   * Swallows whatever is sent from now on, in both directions, and says nothing: neither end learns that the other
   * cannot be reached any more. Those that go on from `mend` on have a hole.
   */
  stall(): void;
  /** Lets new connections through again. */
  mend(): void;
  close(): Promise<void>;
}

/** Listens on a free port of the loopback and passes bytes on to `target()`. */
export async function tcpProxy(target: () => number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let broken = false;
  let stalled = false;
  const server = createServer((client) => {
    if (broken) return void client.destroy();
    const upstream = connect(target(), '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on('data', (bytes) => {
        if (!stalled && !other.write(bytes)) {
          socket.pause();
          other.once('drain', () => socket.resume());
        }
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        if (!stalled) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = ({ reset = false } = {}): void => {
    broken = true;
    for (const socket of open) {
      if (reset) socket.resetAndDestroy();
      else socket.destroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    stall() {
      stalled = true;
    },
    mend() {
      broken = false;
      stalled = false;
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
