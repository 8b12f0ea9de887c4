import type { Environment, Pipe, PipeEnd, Transport, TransportName } from '@rt/client';
import type { Opening, Pipes, Told } from './runner.ts';

/** What it needs of `@rt/client`. */
export interface ClientModule {
  readonly websocket: Transport;
  readonly sse: Transport;
  readonly longPoll: Transport;
  readonly poll: Transport;
  platform(): Environment;
}

/**
 * Opens pipes where it is called, in Node or in a page: this function is sent there as its text, so it must not use
 * anything but what it is given.
 */
export function createPipes(client: ClientModule, tell: (pipe: number, told: Told) => void): Pipes {
  const pipes = new Map<number, Pipe>();
  const transports: { readonly [Name in TransportName]: Transport } = {
    websocket: client.websocket,
    sse: client.sse,
    'long-poll': client.longPoll,
    poll: client.poll,
  };
  const shown = (end: PipeEnd): Told => {
    if (end.type !== 'refused') return { type: 'ended', end: end.type };
    const { code, retryable, retryInMs } = end.error;
    return { type: 'ended', end: 'refused', code, retryable, retryInMs };
  };
  const guarded = (pipe: number, run: () => void): void => {
    try {
      run();
    } catch (error) {
      tell(pipe, { type: 'threw', message: String(error) });
    }
  };
  class ThrowingWebSocket extends WebSocket {
    constructor() {
      super('ftp://nowhere');
    }
  }
  return {
    open(number, { transport, url, hello, headers, speed, webSocket, closes }) {
      const real = client.platform();
      let over = false;
      const asks = (what: 'timer' | 'fetch'): void => {
        if (over) tell(number, { type: 'asked', what });
      };
      const webSockets: { readonly [Kind in Opening['webSocket']]: Environment['WebSocket'] } = {
        real: real.WebSocket,
        none: null,
        throws: ThrowingWebSocket,
      };
      const environment: Environment = {
        ...real,
        now: () => real.now() * speed,
        timer(afterMs, run) {
          asks('timer');
          return real.timer(afterMs / speed, run);
        },
        fetch(...request) {
          asks('fetch');
          return real.fetch(...request);
        },
        WebSocket: webSockets[webSocket],
      };
      guarded(number, () => {
        const pipe = transports[transport].open(
          { url, hello, headers, environment },
          {
            alive: () => tell(number, { type: 'alive' }),
            lines(text) {
              tell(number, { type: 'lines', text });
              if (closes === 'told') pipes.get(number)?.close(true);
              // As a client does, at once.
              const session = /"session":"(\w+)"/.exec(text)?.[1];
              if (session !== undefined) pipes.get(number)?.named(session);
            },
            ended(end) {
              over = true;
              tell(number, shown(end));
            },
          },
        );
        pipes.set(number, pipe);
        tell(number, { type: 'returned' });
        if (closes === 'opened') pipe.close(true);
      });
    },
    send: (number, texts) => guarded(number, () => texts.forEach((text) => pipes.get(number)?.send(text))),
    named: (number, session) => guarded(number, () => pipes.get(number)?.named(session)),
    last: (number, text) => guarded(number, () => pipes.get(number)?.last(text)),
    close: (number, inOrder) => guarded(number, () => pipes.get(number)?.close(inOrder)),
    async turn(url) {
      const response = await client.platform().fetch(url, { cache: 'no-store' });
      await response.text();
    },
  };
}
