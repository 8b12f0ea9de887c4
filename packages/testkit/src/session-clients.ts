import type { Socket } from 'node:net';
import type { ErrorBody, ServerFrame } from '@rt/protocol';
import type { RawResponse } from './raw-client.ts';
import { rawRequest } from './raw-client.ts';
import type { RawWebSocket } from './raw-websocket.ts';
import { rawWebSocket } from './raw-websocket.ts';
import type { Opened, SessionRequest } from './session-client.ts';
import { connectLine, QueuedClient } from './session-client.ts';

/** A session over WebSocket. `compress` offers permessage-deflate; the default is false. */
export async function openOverWebSocket(request: SessionRequest, compress = false): Promise<Opened> {
  const { port, path = '/rt', headers = {} } = request;
  const handshake = await rawWebSocket({ port, path, headers, compress });
  if (handshake.type === 'refused') {
    return { type: 'refused', error: errorOf(handshake.body), status: handshake.head.status, closeCode: null };
  }
  const client = new WebSocketClient(handshake.webSocket);
  client.sendText(connectLine(request));
  const first = await client.next('connected').catch(() => client.ended());
  if ('type' in first) return { type: 'open', client };
  if (first.bye === null) throw new Error('the WebSocket was closed without a word');
  return { type: 'refused', error: first.bye.error, status: null, closeCode: first.closeCode };
}

class WebSocketClient extends QueuedClient {
  readonly #webSocket: RawWebSocket;

  constructor(webSocket: RawWebSocket) {
    super();
    this.#webSocket = webSocket;
    webSocket.listen({ message: (text) => this.take(text), end: ({ code }) => this.over(code) });
  }

  sendText(text: string): void {
    this.#webSocket.send(text);
  }

  pause(): void {
    this.#webSocket.socket.pause();
  }

  resume(): void {
    this.#webSocket.socket.resume();
  }

  cut(): void {
    this.#webSocket.socket.destroy();
  }
}

/** A session over SSE. */
export async function openOverSse(request: SessionRequest): Promise<Opened> {
  const { port, path = '/rt', headers = {} } = request;
  const response = await rawRequest({
    port,
    path,
    method: 'POST',
    headers: { accept: 'text/event-stream', ...headers },
    body: connectLine(request),
  });
  if (response.head.status !== 200) return refused(response);
  const client = new SseClient(request, response);
  await client.next('connected');
  return { type: 'open', client };
}

/** A session over long-poll. */
export async function openOverLongPoll(request: SessionRequest): Promise<Opened> {
  const { port, path = '/rt', headers = {} } = request;
  const response = await rawRequest({
    port,
    path: `${path}?wait=1`,
    method: 'POST',
    headers,
    body: connectLine(request),
  });
  if (response.head.status !== 200) return refused(response);
  const client = new LongPollClient(request, await response.text());
  response.cut();
  await client.next('connected');
  return { type: 'open', client };
}

async function refused(response: RawResponse): Promise<Opened> {
  const error = errorOf(await response.text());
  response.cut();
  return { type: 'refused', error, status: response.head.status, closeCode: null };
}

function errorOf(body: string): ErrorBody {
  return (JSON.parse(body) as { readonly error: ErrorBody }).error;
}

/** A client whose frames go by POST, one request after the other. */
abstract class PostingClient extends QueuedClient {
  readonly request: SessionRequest;
  #posts: Promise<void> = Promise.resolve();

  constructor(request: SessionRequest) {
    super();
    this.request = request;
  }

  /** The URL of the session, once it is known. */
  get url(): string {
    const { path = '/rt' } = this.request;
    const connected = this.frames.find(
      (frame): frame is Extract<ServerFrame, { type: 'connected' }> => frame.type === 'connected',
    );
    return `${path}?session=${connected?.session ?? ''}`;
  }

  sendText(body: string): void {
    const { port, headers = {} } = this.request;
    this.#posts = this.#posts.then(async () => {
      const response = await rawRequest({ port, path: this.url, method: 'POST', headers, body });
      await response.text();
      response.cut();
    });
    // A session that is over does not take frames; the client learns of that where it reads.
    this.#posts.catch(() => {});
  }
}

class SseClient extends PostingClient {
  readonly #response: RawResponse;

  constructor(request: SessionRequest, response: RawResponse) {
    super(request);
    this.#response = response;
    response.listen({
      item: (item) => {
        if (item.type === 'event') this.take(item.data);
      },
      end: () => this.over(null),
    });
  }

  pause(): void {
    this.#response.socket.pause();
  }

  resume(): void {
    this.#response.socket.resume();
  }

  cut(): void {
    this.#response.cut();
  }
}

/** Polls all the time, unless it is paused: then the poll that is under way is its last one. */
class LongPollClient extends PostingClient {
  #polls = 0;
  #socket: Socket | null = null;
  #paused: Promise<void> = Promise.resolve();
  #goOn = (): void => {};
  #cut = false;

  constructor(request: SessionRequest, opening: string) {
    super(request);
    this.take(opening);
    void this.#pollOn();
  }

  pause(): void {
    this.#paused = new Promise((resolve) => {
      this.#goOn = resolve;
    });
  }

  resume(): void {
    this.#goOn();
  }

  cut(): void {
    this.#cut = true;
    this.#goOn();
    this.#socket?.destroy();
  }

  async #pollOn(): Promise<void> {
    try {
      while (this.frames.at(-1)?.type !== 'bye') {
        await this.#paused;
        if (this.#cut || !(await this.#pollOnce())) break;
      }
    } catch {
      // The connection was cut, by this side or the other.
    } finally {
      this.over(null);
    }
  }

  /** False if the session is over. */
  async #pollOnce(): Promise<boolean> {
    const { port, headers = {} } = this.request;
    this.#polls += 1;
    const response = await rawRequest({
      port,
      path: `${this.url}&wait=5&poll=${this.#polls}`,
      method: 'POST',
      headers,
      opened: (socket) => {
        this.#socket = socket;
      },
    });
    const body = await response.text();
    response.cut();
    if (response.head.status !== 200) return false;
    this.take(body);
    return true;
  }
}
