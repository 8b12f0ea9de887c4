import { rawRequest, within } from '@rt/testkit';
import { WebSocket } from 'ws';

/** A client of a gateway, over one kind of wire. */
export interface GatewayPeer {
  say(event: string, data?: unknown): Promise<void>;
  /** The next message that comes. */
  next(): Promise<unknown>;
  /** Resolves when the server has ended it, or it itself. */
  readonly ended: Promise<number | null>;
  leave(): void;
}

export type OpenPeer = (port: number, query?: string) => Promise<GatewayPeer>;

/** A client that speaks what `@nestjs/platform-ws` speaks. */
export const overWebSocket: OpenPeer = async (port, query = '') => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat${query}`);
  const inbox = new Inbox();
  socket.on('message', (bytes: Buffer) => inbox.put(JSON.parse(bytes.toString())));
  const ended = new Promise<number>((resolve) => socket.once('close', resolve));
  await within('the WebSocket', new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject)));
  return {
    say: async (event, data) => socket.send(JSON.stringify({ event, data })),
    next: () => inbox.next(),
    ended,
    leave: () => socket.close(),
  };
};

/** A client that reads events, and posts what it has to say. */
export const overSse: OpenPeer = async (port, query = '') => {
  const path = `/chat${query}`;
  const stream = await rawRequest({ port, path, headers: { accept: 'text/event-stream' } });
  const [{ event, data: id } = { event: '', data: '' }] = await stream.events(1);
  if (event !== 'rt.client') throw new Error(`it begins with ${event}`);
  return {
    async say(name, data) {
      const body = JSON.stringify({ event: name, data });
      const headers = { 'content-type': 'application/json' };
      const answer = await rawRequest({ port, path: `/chat?client=${id}`, method: 'POST', headers, body });
      await answer.text();
      answer.cut();
      if (answer.head.status !== 202) throw new Error(`it was answered with ${answer.head.status}`);
    },
    next: async () => JSON.parse((await stream.events(1))[0]?.data ?? '') as unknown,
    // Waited for when it is asked for, and not before.
    get ended() {
      return stream.ended().then(() => null);
    },
    leave: () => stream.cut(),
  };
};

/** What has come and was not asked for, or the other way round. */
class Inbox {
  readonly #items: unknown[] = [];
  #changed = (): void => {};

  put(item: unknown): void {
    this.#items.push(item);
    this.#changed();
  }

  async next(): Promise<unknown> {
    while (this.#items.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#changed = resolve;
      await within('the next message', promise);
    }
    return this.#items.shift();
  }
}
