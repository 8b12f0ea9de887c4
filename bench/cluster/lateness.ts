import { once } from 'node:events';

/** How late publications come to readers who look at them. */
export class Lateness {
  #lateMs: number[] = [];

  reset(): void {
    this.#lateMs = [];
  }

  /** Reads a room at a node. Resolves when it is subscribed; returns how to stop. */
  async watch(port: number, channel: string): Promise<() => void> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rt`, 'rt.v1');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connect', id: 1, subscriptions: [{ channel }] }));
    await once(socket, 'message');
    socket.addEventListener('message', ({ data }) => {
      const nowMs = Number(process.hrtime.bigint()) / 1e6;
      for (const [, atMs] of String(data).matchAll(/"atMs":([\d.]+)/g)) this.#lateMs.push(nowMs - Number(atMs));
    });
    return () => socket.close();
  }

  /** The time within which this part of them has come. */
  within(part: number): number {
    const inOrder = this.#lateMs.toSorted((one, other) => one - other);
    return inOrder[Math.min(inOrder.length - 1, Math.floor(inOrder.length * part))] ?? Number.NaN;
  }
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
