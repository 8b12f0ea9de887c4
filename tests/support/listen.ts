import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Mounted } from '../hosts/suite/rig.ts';

/** Listens on a free port of the loopback; `close` resolves when the server has nothing open any more. */
export async function listening(server: Server): Promise<Mounted> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    server,
    close: () => new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}
