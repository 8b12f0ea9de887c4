import type { AddressInfo, Server, Socket } from 'node:net';

/** A server that is measured, once it listens. */
export interface Stage {
  readonly port: number;
  /** Hands a text to everybody who listens to a channel. */
  publish(channel: number, text: string): void | Promise<unknown>;
  /** Whether some client does not take what is written to it: publishing as much as possible waits then. */
  full(): boolean;
  /** How often the log of record was asked. */
  reads?(): number;
}

const sampled = 8;
const maxUnsentBytes = 262_144;

/** Listens, and looks at a few sockets in rotation. */
export async function listening(server: Server, listen?: () => Promise<unknown>): Promise<Omit<Stage, 'publish'>> {
  const sockets: Socket[] = [];
  server.on('connection', (socket) => void sockets.push(socket));
  if (listen !== undefined) await listen();
  else await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }, resolve));
  let next = 0;
  return {
    port: (server.address() as AddressInfo).port,
    full() {
      for (let n = 0; n < sampled && sockets.length > 0; n += 1) {
        next = (next + 1) % sockets.length;
        const socket = sockets[next];
        if (socket === undefined || socket.destroyed) continue;
        if (socket.writableNeedDrain || socket.writableLength > maxUnsentBytes) return true;
      }
      return false;
    },
  };
}

/** Who listens to which channel. */
export class Listeners<Client> {
  readonly #byChannel: Client[][] = [];

  /** @param url A request's, with the channels' numbers in its query. */
  add(client: Client, url: string | undefined): void {
    for (const channel of channelsOf(url)) (this.#byChannel[channel] ??= []).push(client);
  }

  of(channel: number): readonly Client[] {
    return this.#byChannel[channel] ?? [];
  }
}

export function channelsOf(url = ''): readonly number[] {
  return (new URL(url, 'http://x').searchParams.get('channels') ?? '').split(',').map(Number);
}
