import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** One thing that the kernel was asked to write. */
export interface CountedWrite {
  readonly socket: Socket;
  /** The very object that was handed over, or the parts of it. */
  readonly handed: unknown;
}

interface Handle {
  [name: string]: unknown;
}

const writers = ['writeBuffer', 'writev', 'writeUtf8String', 'writeLatin1String', 'writeAsciiString'];

/** How many runs of bytes were handed over, wherever in memory they lie: one that all share counts once. */
export function countBuffers(writes: readonly CountedWrite[]): number {
  const runs = new Map<ArrayBufferLike, Set<string>>();
  for (const { handed } of writes) {
    const { buffer, byteOffset, byteLength } = handed as Uint8Array;
    const of = runs.get(buffer) ?? new Set();
    runs.set(buffer, of.add(`${byteOffset} ${byteLength}`));
  }
  return [...runs.values()].reduce((sum, of) => sum + of.size, 0);
}

/** Takes down every write of a server's connections where it leaves Node: what a cork has joined is one. */
export function countWrites(server: Server): CountedWrite[] {
  const writes: CountedWrite[] = [];
  server.on('connection', (socket) => {
    const { _handle: handle } = socket as unknown as { readonly _handle: Handle };
    for (const name of writers) {
      const write = handle[name] as (...parts: readonly unknown[]) => number;
      handle[name] = (...parts: readonly unknown[]): number => {
        writes.push({ socket, handed: parts[1] });
        return write.apply(handle, [...parts]);
      };
    }
  });
  return writes;
}
