import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { SseItem } from '@rt/protocol';
import { createSseParser } from '@rt/protocol';
import { within } from './deadline.ts';
import type { RawHead } from './http-head.ts';
import { ChunkedDecoder, parseHead } from './http-head.ts';

/** One HTTP request spoken in bytes over a socket of its own, so that neither Node's client nor ours hides anything. */
export interface RawRequest {
  readonly port: number;
  /** @default 'GET' */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** @default '1.1' */
  readonly version?: '1.0' | '1.1';
  /** Is given the socket at once, for cutting before an answer has come. */
  readonly opened?: (socket: Socket) => void;
}

/** A response on its way. Every wait has a deadline of ten seconds. */
export interface RawResponse {
  readonly head: RawHead;
  /** The socket, for pausing, cutting and half-closing. */
  readonly socket: Socket;
  /** Everything the peer has sent of the body so far, without the chunks. */
  readonly body: Buffer;
  /** The whole body as text, once the peer has ended it. */
  text(): Promise<string>;
  /** The next item of an event stream that the test accepts; the items before it are skipped. */
  next(accepts?: (item: SseItem) => boolean): Promise<SseItem>;
  /** The next `count` dispatched events, without comments, retries and ids alone. */
  events(count: number): Promise<readonly Extract<SseItem, { type: 'event' }>[]>;
  /** Hands over each item of an event stream as it comes, and the end, in the place of `next`. */
  listen(listeners: StreamListeners): void;
  /** Resolves when the peer has ended the body or closed the socket. */
  ended(): Promise<void>;
  /** Breaks the connection without a word. */
  cut(): void;
}

/** Where the items of an event stream go to. */
export interface StreamListeners {
  readonly item: (item: SseItem) => void;
  readonly end: () => void;
}

/** Sends a request and resolves when the response's head has come. */
export async function rawRequest(request: RawRequest): Promise<RawResponse> {
  const { port, method = 'GET', path, headers = {}, body = '', version = '1.1' } = request;
  const socket = connect({ port, host: '127.0.0.1' });
  request.opened?.(socket);
  const lines = [`${method} ${path} HTTP/${version}`, 'Host: localhost'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  const response = new Response(socket);
  await within(`the head of ${method} ${path}`, response.headCame);
  return response;
}

class Response implements RawResponse {
  readonly socket: Socket;
  readonly headCame: Promise<void>;
  readonly #parser = createSseParser({ maxChars: 64 * 1024 * 1024 });
  readonly #chunked = new ChunkedDecoder();
  readonly #items: SseItem[] = [];
  #head: RawHead | null = null;
  #held: Buffer = Buffer.alloc(0);
  #body: Buffer[] = [];
  #length = 0;
  #over = false;
  #listeners: StreamListeners | null = null;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    this.headCame = new Promise((resolve, reject) => {
      socket.on('data', (bytes) => {
        this.#take(bytes);
        if (this.#head !== null) resolve();
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#over = true;
        this.#changed();
        reject(new Error('the connection was closed before a response came'));
      });
    });
  }

  get head(): RawHead {
    if (this.#head === null) throw new Error('the head has not come yet');
    return this.#head;
  }

  get body(): Buffer {
    return Buffer.concat(this.#body);
  }

  async text(): Promise<string> {
    await this.ended();
    return this.body.toString('utf8');
  }

  async next(accepts: (item: SseItem) => boolean = () => true): Promise<SseItem> {
    for (;;) {
      for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift())
        if (accepts(item)) return item;
      if (this.#over) throw new Error('the stream has ended');
      await within('the next item of the stream', this.#change());
    }
  }

  listen(listeners: StreamListeners): void {
    this.#listeners = listeners;
    this.#changed();
  }

  async events(count: number): Promise<readonly Extract<SseItem, { type: 'event' }>[]> {
    const events: Extract<SseItem, { type: 'event' }>[] = [];
    while (events.length < count) {
      const item = await this.next(({ type }) => type === 'event');
      if (item.type === 'event') events.push(item);
    }
    return events;
  }

  async ended(): Promise<void> {
    while (!this.#over) await within('the end of the response', this.#change());
  }

  cut(): void {
    this.socket.destroy();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #changed(): void {
    this.#wake();
    if (this.#listeners === null) return;
    for (const item of this.#items.splice(0)) this.#listeners.item(item);
    if (this.#over) this.#listeners.end();
  }

  #take(bytes: Buffer): void {
    if (this.#head === null) {
      this.#held = Buffer.concat([this.#held, bytes]);
      const end = this.#held.indexOf('\r\n\r\n');
      if (end === -1) return;
      this.#head = parseHead(this.#held.toString('latin1', 0, end));
      this.#takeBody(this.#held.subarray(end + 4));
    } else {
      this.#takeBody(bytes);
    }
    this.#changed();
  }

  #takeBody(bytes: Buffer): void {
    const chunked = this.head.headers.get('transfer-encoding')?.[0] === 'chunked';
    const part = chunked ? this.#chunked.feed(bytes) : bytes;
    this.#body.push(part);
    this.#length += part.length;
    if (this.head.headers.get('content-type')?.[0]?.startsWith('text/event-stream') === true) {
      this.#items.push(...this.#parser.feed(part));
    }
    const announced = this.head.headers.get('content-length')?.[0];
    if (this.#chunked.done || (announced !== undefined && this.#length >= Number(announced))) this.#over = true;
  }
}
