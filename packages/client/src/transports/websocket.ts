import { RtError, subprotocol } from '@rt/protocol';
import type { Pipe, PipeEnd, PipeEvents, PipeRequest, Transport } from './transport.ts';

/** Frames as messages of a WebSocket, both ways at any time. */
export const websocket: Transport = { name: 'websocket', open };

function open({ url, hello, environment }: PipeRequest, events: PipeEvents): Pipe {
  let over = false;
  const end = (told: PipeEnd): void => {
    if (over) return;
    over = true;
    events.ended(told);
  };
  const socket = create(environment.WebSocket, url);
  if (socket === null) {
    environment.timer(0, () => end({ type: 'unfit' }));
    return { send() {}, named() {}, last() {}, close: () => end({ type: 'lost' }) };
  }
  let works = false;
  socket.onopen = () => {
    events.alive();
    socket.send(hello);
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (over) return;
    works = true;
    events.alive();
    if (typeof data === 'string') events.lines(data);
  };
  // A browser does not tell why a handshake failed: it may be the server, the network, or a proxy that knows no WebSocket.
  // Some know the handshake, and cut what follows.
  socket.onclose = ({ code }: { readonly code: number }) => end(refusal(code) ?? { type: works ? 'lost' : 'unfit' });
  socket.onerror = () => {};
  const send = (lines: string): void => {
    if (socket.readyState === socket.OPEN) socket.send(lines);
  };
  return {
    send,
    named() {},
    last: send,
    close(inOrder) {
      end({ type: 'lost' });
      // 4000 is a code of ours that means nothing but that it is not in good order.
      socket.close(inOrder ? 1000 : 4000);
    },
  };
}

/** `null` where there is none, or where none may be made: of an insecure URL in a secure page. */
function create(constructor: PipeRequest['environment']['WebSocket'], url: string): WebSocket | null {
  try {
    return constructor && new constructor(url.replace(/^http/, 'ws'), subprotocol);
  } catch {
    return null;
  }
}

/** What a close code of ours says, for whom the goodbye did not reach: from 4200 on it is not to be tried again. */
function refusal(number: number): PipeEnd | null {
  if (number < 4000 || number > 4399) return null;
  const error = new RtError('disconnected', `the server has closed the WebSocket with ${number}`, {
    retryable: number < 4200,
  });
  return { type: 'refused', error };
}
