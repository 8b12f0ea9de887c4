import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port of the loopback on which nobody listens, so that a server can be told to, and be started there again: it is none of
 * those that a machine gives to connections, by default from 32,768. A server of a Redis Cluster listens on the one that is
 * 10,000 more as well.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 2700);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
