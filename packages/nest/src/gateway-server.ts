import { EventEmitter } from 'node:events';
import type { Exchange } from '@rt/core';
import type { NodeRequest, NodeResponse } from '@rt/node';
import { nodeExchange } from '@rt/node';
import { GatewayClient } from './gateway-client.ts';

const maxMessageBytes = 65_536;
const beatEveryMs = 15_000;
const streamHead = {
  status: 200,
  headers: {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  },
  keepAlive: true,
} as const;

const asMessage = (text: string): string => text;
const asEvent = (text: string): string =>
  `${text
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('')}\n`;

/** The clients of the gateways at one path: what `@WebSocketServer()` is given. */
export class GatewayServer extends EventEmitter {
  readonly path: string;
  readonly clients: Set<GatewayClient> = new Set();
  readonly #byId = new Map<string, GatewayClient>();
  #beat: NodeJS.Timeout | null = null;
  #closing = false;

  constructor(path: string) {
    super();
    this.path = path;
  }

  /** Takes the request if it is for a gateway: an upgrade, a stream of events, or a message for one. */
  take(request: NodeRequest & { readonly body?: unknown }, response: NodeResponse): boolean {
    const exchange = nodeExchange(request, response, { body: request.body });
    const { method, query, upgradable } = exchange;
    if (upgradable) this.#open(exchange, request);
    else if (method === 'GET' && exchange.header('accept')?.includes('text/event-stream') === true) {
      this.#open(exchange, request);
    } else if (method === 'POST' && query.has('client')) void this.#receive(exchange, query.get('client') ?? '');
    else return false;
    return true;
  }

  /** Ends everybody, and resolves when they have gone; those that do not go by themselves after `withinMs`. */
  async close(withinMs: number): Promise<void> {
    this.#closing = true;
    const gone = [...this.clients].map((client) => new Promise<void>((resolve) => void client.once('close', resolve)));
    for (const client of this.clients) client.close(1001);
    const late = setTimeout(() => {
      for (const client of this.clients) client.terminate();
    }, withinMs);
    await Promise.all(gone);
    clearTimeout(late);
    clearInterval(this.#beat ?? undefined);
  }

  #open(exchange: Exchange, request: NodeRequest): void {
    if (this.#closing) return answer(exchange, 503);
    const client = new GatewayClient(exchange.upgradable ? asMessage : asEvent);
    if (exchange.upgradable) {
      const offered = exchange.header('sec-websocket-protocol')?.split(/\s*,\s*/) ?? [];
      try {
        client.begin(exchange.upgrade(client, { maxBytes: maxMessageBytes, subprotocol: offered[0] ?? null }));
      } catch {
        return answer(exchange, 400);
      }
    } else {
      client.begin(exchange.stream(streamHead, client));
      client.write(`event: rt.client\ndata: ${client.id}\n\n`);
      this.#byId.set(client.id, client);
      this.#beat ??= setInterval(() => this.#tellAlive(), beatEveryMs).unref();
    }
    this.clients.add(client);
    client.once('close', () => {
      this.clients.delete(client);
      this.#byId.delete(client.id);
    });
    this.emit('connection', client, request);
  }

  async #receive(exchange: Exchange, id: string): Promise<void> {
    const client = this.#byId.get(id);
    if (client === undefined) return answer(exchange, 410);
    try {
      const text = await exchange.readText(maxMessageBytes);
      client.receive(text);
      answer(exchange, 202);
    } catch {
      answer(exchange, 413);
    }
  }

  /** Streams that are quiet are closed by proxies. */
  #tellAlive(): void {
    for (const client of this.#byId.values()) client.write(':\n\n');
  }
}

function answer(exchange: Exchange, status: number): void {
  exchange.reply({ status, headers: {}, keepAlive: status < 500 }, '');
}
