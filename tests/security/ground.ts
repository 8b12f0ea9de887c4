import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Hub, HubOptions } from '@rt/core';
import { attach, realtime } from '@rt/node';
import type { RawRequest, RawResponse, RawWebSocket, WebSocketEnd, WebSocketRequest } from '@rt/testkit';
import { rawRequest, rawWebSocket, within } from '@rt/testkit';
import { onTestFinished } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';

/** A hub behind a bare server of Node, and how to speak to it in bytes. */
export interface Ground extends TestHub {
  readonly port: number;
  /** The sockets as the server has them, in the order in which they came. */
  readonly sockets: readonly Socket[];
  get(query: string, headers?: RawRequest['headers']): Promise<RawResponse>;
  post(query: string, body: string | readonly object[], headers?: RawRequest['headers']): Promise<RawResponse>;
  webSocket(options?: Partial<WebSocketRequest>): Promise<Spoken>;
}

/** A WebSocket with what has come over it. */
export interface Spoken {
  readonly webSocket: RawWebSocket;
  readonly texts: readonly string[];
  readonly ended: Promise<WebSocketEnd>;
  /** Resolves when a text has come that holds this. */
  said(part: string): Promise<string>;
}

/** Who it is comes in a header, as a host would have it from a cookie. */
export async function serve(options: HubOptions = {}, attached: Parameters<typeof attach>[1] = {}): Promise<Ground> {
  const made = testHub(options);
  const rt = realtime(made.hub as unknown as Hub, { user: (request) => request.headers['x-user'] ?? null });
  const server = createServer((request, response) => void rt(request, response));
  attach(server, attached);
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  const { port, close } = await listening(server);
  onTestFinished(close);
  onTestFinished(() => made.hub.close({ withinMs: 200 }));
  const request = async (asked: Omit<RawRequest, 'port'>): Promise<RawResponse> => {
    const response = await rawRequest({ port, ...asked });
    onTestFinished(() => response.cut());
    return response;
  };
  return {
    ...made,
    port,
    sockets,
    get: (query, headers = {}) => request({ path: `/rt${query}`, headers }),
    post(query, body, headers = {}) {
      return request({ method: 'POST', path: `/rt${query}`, headers, body: textOf(body) });
    },
    webSocket: (asked = {}) => spoken(port, asked),
  };
}

/** What an answer says: its status and its code, or no code. */
export async function codeOf(response: RawResponse): Promise<readonly [number, string | undefined]> {
  const { error } = JSON.parse(await response.text()) as { readonly error?: { readonly code: string } };
  return [response.head.status, error?.code];
}

/** The lines of an answer, as frames. */
export async function framesOf(response: RawResponse): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

function textOf(body: string | readonly object[]): string {
  return typeof body === 'string' ? body : body.map((frame) => JSON.stringify(frame)).join('\n');
}

async function spoken(port: number, options: Partial<WebSocketRequest>): Promise<Spoken> {
  const handshake = await rawWebSocket({ port, path: '/rt', ...options });
  if (handshake.type === 'refused') throw new Error(`refused: ${handshake.head.status} ${handshake.body}`);
  const { webSocket } = handshake;
  onTestFinished(() => void webSocket.socket.destroy());
  const texts: string[] = [];
  let changed = (): void => {};
  const ended = new Promise<WebSocketEnd>((resolve) => {
    webSocket.listen({
      message(text) {
        texts.push(text);
        changed();
      },
      end: resolve,
    });
  });
  return {
    webSocket,
    texts,
    ended,
    async said(part) {
      for (;;) {
        const found = texts.find((text) => text.includes(part));
        if (found !== undefined) return found;
        await within(`"${part}"`, new Promise<void>((resolve) => (changed = resolve)));
      }
    },
  };
}
