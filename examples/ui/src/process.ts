import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProcessOptions {
  readonly server: Server;
  /** The lines that are said once it listens. */
  readonly greeting: (url: string) => readonly string[];
  /** Closes the hub, which tells every page when to come back. */
  readonly close: () => Promise<void>;
}

/** Listens on `PORT` (default 3000), and goes in good order when the process is asked to. */
export function listen({ server, greeting, close }: ProcessOptions): void {
  const port = Number(process.env['PORT'] ?? 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    fail(`PORT must be a whole number from 0 to 65535, but was "${process.env['PORT']}".`);
  }

  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') {
      fail(`Port ${port} is taken. Stop what listens there, or choose another one with PORT=${port + 1}`);
    }
    if (error.code === 'EACCES') fail(`Port ${port} is not allowed for this user. Choose another one: PORT=3000`);
    throw error;
  });

  server.listen(port, () => {
    for (const line of greeting(`http://localhost:${(server.address() as AddressInfo).port}`)) console.log(line);
  });

  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1); // asked twice: somebody is in a hurry
      stopping = true;
      // Whatever a client does, the process is gone within five seconds.
      setTimeout(() => process.exit(0), 4900).unref();
      void stop();
    });
  }

  /** First the hub; then the connections that are idle by now. */
  async function stop(): Promise<void> {
    try {
      await close();
    } catch (error) {
      console.error('The hub did not close cleanly:', error);
      process.exitCode = 1;
    }
    server.close();
    server.closeIdleConnections();
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
