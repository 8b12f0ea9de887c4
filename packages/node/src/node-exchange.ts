import type { ServerResponse } from 'node:http';
import type { Exchange, Head, Session, Transport, UpgradeOptions } from '@rt/core';
import { readBody } from './body.ts';
import type { NodeRequest, NodeResponse } from './node-message.ts';
import { ResponsePipe } from './response-pipe.ts';
import { withoutTimeout } from './socket-timeout.ts';
import type { Upgrade } from './upgrade.ts';
import { upgradeOf } from './upgrade.ts';
import { WebSocketPipe } from './websocket-pipe.ts';

/** What a host knows beyond the request and the response. */
export interface NodeExchangeOptions {
  /** The body, if a host's parser has read it: text, bytes, or what it made of them. `undefined` if none has. */
  readonly body?: unknown;
  /** The client's network address, if the host knows it better than the socket. */
  readonly address?: string | undefined;
}

/** One request of Node's servers as an exchange. The head goes out with whatever headers the host has set before. */
export function nodeExchange(
  request: NodeRequest,
  response: NodeResponse,
  options: NodeExchangeOptions = {},
): Exchange {
  return new NodeExchange(request, response, options);
}

class NodeExchange implements Exchange {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly address: string | null;
  readonly #request: NodeRequest;
  // The two response types behave alike; their overloads only have no common form.
  readonly #response: ServerResponse;
  readonly #body: unknown;
  readonly #upgrade: Upgrade | null;
  #replied = false;
  #gone: boolean;
  #onGone: (() => void) | null = null;

  constructor(request: NodeRequest, response: NodeResponse, { body, address }: NodeExchangeOptions) {
    const url = request.url ?? '';
    const mark = url.indexOf('?');
    this.method = request.method?.toUpperCase() ?? 'GET';
    this.query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
    this.#request = request;
    this.#response = response as ServerResponse;
    this.#body = body;
    this.#upgrade = upgradeOf(request);
    this.address = address ?? request.socket?.remoteAddress ?? null;
    // The peer may have gone while the host's own middleware was at work: then there will be no more event.
    this.#gone = response.destroyed || (request.destroyed && !request.complete);
    // Only `response` tells of the end for certain: `request` closes as soon as its body has been read.
    response.once('close', () => this.#close());
    // Node reports a broken pipe here; the `close` that follows is what counts.
    response.on('error', () => {});
  }

  get closed(): boolean {
    return this.#gone || this.#replied;
  }

  get upgradable(): boolean {
    return this.#upgrade !== null;
  }

  header(name: string): string | null {
    // In HTTP/2 the host is a pseudo header.
    const value = this.#request.headers[name] ?? (name === 'host' ? this.#request.headers[':authority'] : undefined);
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  }

  onGone(run: () => void): void {
    this.#onGone = run;
    withoutTimeout(this.#request);
  }

  async readText(maxBytes: number): Promise<string> {
    return readBody(this.#request, this.#body, maxBytes);
  }

  reply(head: Head, body: string | Uint8Array): void {
    if (this.closed) return;
    this.#replied = true;
    this.#writeHead(head);
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    if (bytes.length > 0) this.#response.setHeader('content-length', bytes.length);
    this.#response.end(bytes.length > 0 ? bytes : undefined);
  }

  stream(head: Head, session: Session): Transport {
    this.#replied = true;
    const pipe = new ResponsePipe(this.#request, this.#response, session);
    if (!this.#gone) {
      this.#writeHead(head);
      this.#response.flushHeaders();
    }
    return pipe;
  }

  upgrade(session: Session, options: UpgradeOptions): Transport {
    if (this.#upgrade === null) throw new Error('this request is no upgrade; exchange.upgradable says so');
    this.#replied = true;
    return new WebSocketPipe(this.#upgrade.accept(options), session);
  }

  #writeHead({ status, headers, keepAlive }: Head): void {
    const response = this.#response;
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) {
      response.setHeader(name, name === 'vary' ? joinVary(response.getHeader(name), value) : value);
    }
    // HTTP/2 has no such header, and warns.
    if (!keepAlive && this.#request.httpVersionMajor < 2) response.setHeader('connection', 'close');
  }

  #close(): void {
    this.#gone = true;
    const run = this.#onGone;
    this.#onGone = null;
    if (!this.#replied) run?.();
  }
}

/** What the host has set stays: its CORS or compression middleware may vary by more. */
function joinVary(before: number | string | readonly string[] | undefined, value: string): string {
  const names = [before ?? [], value].flat().flatMap((text) => String(text).split(/\s*,\s*/));
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()].join(', ');
}
