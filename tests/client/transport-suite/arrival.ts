import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { within } from '@rt/testkit';
import { MaskedDecoder, serverFrame } from './masked-frames.ts';

export interface RequestParts {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A request that has come, and the way back to whoever has made it. */
export class Arrival implements RequestParts {
  readonly socket: Socket;
  readonly method: string;
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Resolves when the other side has gone, or this one. */
  readonly gone: Promise<void>;
  readonly #decoder = new MaskedDecoder();
  readonly #messages: { readonly opcode: number; readonly payload: Buffer }[] = [];
  #changed: () => void = () => {};

  constructor(socket: Socket, { method, target, headers, body }: RequestParts) {
    this.socket = socket;
    this.method = method;
    this.target = target;
    this.headers = headers;
    this.body = body;
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  get query(): string {
    return this.target.slice(this.target.indexOf('?') + 1);
  }

  /** Says the whole answer, and that it is the last one on this connection. */
  answer(status: string, headers: Readonly<Record<string, string>>, body: string): void {
    const bytes = Buffer.from(body);
    this.socket.end(Buffer.concat([headOf(status, { ...headers, 'content-length': String(bytes.length) }), bytes]));
  }

  /** Says frames as a poll is answered. */
  answerLines(lines: string): void {
    this.answer('200 OK', { 'content-type': 'text/plain; charset=utf-8' }, lines);
  }

  /** Says that frames were taken. */
  taken(): void {
    this.answer('202 Accepted', { 'content-type': 'application/json' }, '{"taken":1}');
  }

  /** Says the head of an answer that is read until its end. */
  head(status: string, headers: Readonly<Record<string, string>>): void {
    this.socket.write(headOf(status, headers));
  }

  /** Begins an event stream, in chunks. */
  stream(first = ':\n\n'): void {
    this.head('200 OK', { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' });
    if (first !== '') this.chunk(first);
  }

  chunk(text: string | Uint8Array): void {
    const bytes = Buffer.from(text);
    this.socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]));
  }

  /** Says bytes as they are, resolving when they are out of our hands. */
  async bytes(bytes: Uint8Array | string): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** One byte after the other, each in a turn of its own. */
  async byteByByte(bytes: Uint8Array): Promise<void> {
    for (const byte of bytes) {
      await this.bytes(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Breaks the connection in the way of a machine that is gone. */
  cut(): void {
    this.socket.resetAndDestroy();
  }

  /** Accepts a WebSocket. */
  accept(): void {
    const key = this.headers.get('sec-websocket-key') ?? '';
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const protocol = this.headers.get('sec-websocket-protocol') ?? '';
    this.socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    );
  }

  /** Says one text message. */
  message(text: string): void {
    this.socket.write(serverFrame(0x81, Buffer.from(text)));
  }

  /** Closes a WebSocket: the connection ends as soon as the client has said so too. */
  async closeFrame(code: number): Promise<void> {
    this.socket.write(serverFrame(0x88, Buffer.from([code >> 8, code & 255])));
    await this.frame(8);
    this.socket.end();
  }

  /** What comes after the request. */
  feed(bytes: Buffer): void {
    this.#messages.push(...this.#decoder.feed(bytes));
    this.#changed();
  }

  /** The next frame of the client's WebSocket with this opcode. */
  async frame(opcode: number): Promise<Buffer> {
    for (;;) {
      const message = this.#messages.shift();
      if (message?.opcode === opcode) return message.payload;
      if (message !== undefined) continue;
      const change = new Promise<void>((resolve) => (this.#changed = resolve));
      await within(`a frame of the client with the opcode ${opcode}`, change);
    }
  }
}

function headOf(status: string, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({ ...headers, connection: 'close', 'cache-control': 'no-store' });
  return Buffer.from(
    `HTTP/1.1 ${status}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    'latin1',
  );
}
