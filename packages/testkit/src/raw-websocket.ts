import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { within } from './deadline.ts';
import type { RawHead } from './http-head.ts';
import { parseHead } from './http-head.ts';
import type { WebSocketFrame } from './websocket-frames.ts';
import { clientFrame, inflateMessage, opcodes, WebSocketDecoder } from './websocket-frames.ts';

/** A WebSocket spoken in bytes over a socket of its own. */
export interface WebSocketRequest {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default ['rt.v1'] */
  readonly protocols?: readonly string[];
  /** Offers permessage-deflate. @default false */
  readonly compress?: boolean;
  /** Whether pings are answered. @default true */
  readonly answerPings?: boolean;
}

/** How a WebSocket was closed by the peer: with a code, or without a word. */
export interface WebSocketEnd {
  readonly code: number | null;
  readonly reason: string;
}

/** The answer to a handshake: an open WebSocket, or what the server said instead. */
export type Handshake =
  | { readonly type: 'open'; readonly webSocket: RawWebSocket }
  | { readonly type: 'refused'; readonly head: RawHead; readonly body: string };

/** Shakes hands by hand. Resolves when the answer has come, a refusal with its whole body. */
export async function rawWebSocket(request: WebSocketRequest): Promise<Handshake> {
  const { port, path, headers = {}, protocols = ['rt.v1'], compress = false } = request;
  const socket = connect({ port, host: '127.0.0.1' });
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  if (protocols.length > 0) lines.push(`Sec-WebSocket-Protocol: ${protocols.join(', ')}`);
  if (compress) lines.push('Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover');
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const webSocket = new RawWebSocket(socket, request.answerPings ?? true);
  const head = await within('the answer to a handshake', webSocket.head);
  if (head.status === 101) return { type: 'open', webSocket };
  const body = await within('the body of a refusal', webSocket.rest());
  socket.destroy();
  return { type: 'refused', head, body };
}

export class RawWebSocket {
  readonly socket: Socket;
  /** The head of the answer. */
  readonly head: Promise<RawHead>;
  /** How many pings came. */
  pings = 0;
  /** Is given each text message. Those that came before wait for it. */
  #onMessage: ((text: string) => void) | null = null;
  #onEnd: (end: WebSocketEnd) => void = () => {};
  readonly #answerPings: boolean;
  readonly #decoder = new WebSocketDecoder();
  readonly #messages: string[] = [];
  #parts: WebSocketFrame[] = [];
  #before: Buffer = Buffer.alloc(0);
  #state: 'head' | 'open' | 'refused' = 'head';
  #end: WebSocketEnd | null = null;
  #changed = (): void => {};

  constructor(socket: Socket, answerPings: boolean) {
    this.socket = socket;
    this.#answerPings = answerPings;
    this.head = new Promise((resolve, reject) => {
      socket.on('data', (bytes) => {
        this.#take(bytes, resolve);
        this.#changed();
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        reject(new Error('the connection was closed before an answer came'));
        this.#ended({ code: null, reason: '' });
      });
    });
    this.head.catch(() => {});
  }

  /** Says where messages, and the end, go to. */
  listen(listeners: { readonly message: (text: string) => void; readonly end: (end: WebSocketEnd) => void }): void {
    this.#onMessage = listeners.message;
    this.#onEnd = listeners.end;
    for (const text of this.#messages.splice(0)) listeners.message(text);
    if (this.#end !== null) listeners.end(this.#end);
  }

  send(text: string): void {
    this.frame(0x80 | opcodes.text, Buffer.from(text));
  }

  /** Sends a frame with this first byte: FIN, RSV and opcode. */
  frame(firstByte: number, payload: Uint8Array): void {
    this.socket.write(clientFrame(firstByte, payload));
  }

  /** Says goodbye, and waits for the peer to close. */
  close(code: number): void {
    this.frame(0x80 | opcodes.close, Buffer.from([code >> 8, code & 255]));
  }

  /** The whole body of a refusal. */
  async rest(): Promise<string> {
    const length = Number((await this.head).headers.get('content-length')?.[0] ?? Number.POSITIVE_INFINITY);
    while (this.#before.length < length && this.#end === null) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.#before.toString('utf8');
  }

  #take(bytes: Buffer, answered: (head: RawHead) => void): void {
    if (this.#state === 'open') return this.#decode(bytes);
    this.#before = Buffer.concat([this.#before, bytes]);
    if (this.#state === 'refused') return;
    const end = this.#before.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = parseHead(this.#before.toString('latin1', 0, end));
    const rest = this.#before.subarray(end + 4);
    this.#before = rest;
    this.#state = head.status === 101 ? 'open' : 'refused';
    answered(head);
    if (this.#state === 'open') this.#decode(rest);
  }

  #decode(bytes: Buffer): void {
    for (const frame of this.#decoder.feed(bytes)) this.#frame(frame);
  }

  #frame(frame: WebSocketFrame): void {
    switch (frame.opcode) {
      case opcodes.ping:
        this.pings += 1;
        if (this.#answerPings) this.frame(0x80 | opcodes.pong, frame.payload);
        return;
      case opcodes.pong:
        return;
      case opcodes.close: {
        const code = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : null;
        this.#ended({ code, reason: frame.payload.toString('utf8', 2) });
        if (code !== null && !this.socket.destroyed) this.close(code);
        return;
      }
      default:
        this.#parts.push(frame);
        if (frame.final) this.#message();
    }
  }

  #message(): void {
    const parts = this.#parts;
    this.#parts = [];
    const bytes = Buffer.concat(parts.map(({ payload }) => payload));
    const text = (parts[0]?.compressed === true ? inflateMessage(bytes) : bytes).toString('utf8');
    if (this.#onMessage === null) this.#messages.push(text);
    else this.#onMessage(text);
  }

  #ended(end: WebSocketEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#changed();
    this.#onEnd(end);
  }
}
