import type { ServerResponse } from 'node:http';
import type { Exchange, Head, Session, Transport, UpgradeOptions } from '@rt/core';
import { readBody } from './body.ts';
import type { HostReply, NodeReply } from './host-reply.ts';
import { LatePipe } from './late-pipe.ts';
import type { NodeRequest, NodeResponse } from './node-message.ts';
import { ReplyBody } from './reply-body.ts';
import { headersOf } from './reply-headers.ts';
import { ResponsePipe, utf8 } from './response-pipe.ts';
import { withoutTimeout } from './socket-timeout.ts';
import type { Upgrade } from './upgrade.ts';
import { upgradeOf, waitsForAnswer } from './upgrade.ts';
import { WebSocketPipe } from './websocket-pipe.ts';

/** What a host knows beyond the request and the response. */
export interface NodeExchangeOptions {
  /**
   * The body, if a host's parser has read it: text, bytes, or what it made of them; or a stream to read instead of the
   * request. `undefined` if none has.
   */
  readonly body?: unknown;
  /** The client's network address, if the host knows it better than the socket. */
  readonly address?: string | undefined;
  /** How the host answers. @default the response itself is written, with whatever headers have been set on it before */
  readonly host?: HostReply | undefined;
}

/** One request of Node's servers as an exchange. */
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
  readonly #host: HostReply | null;
  readonly #upgrade: Upgrade | null;
  #replied = false;
  #gone: boolean;
  #onGone: (() => void) | null = null;
  /** Ends what is still to be sent. */
  #onClose = (): void => {};

  constructor(request: NodeRequest, response: NodeResponse, { body, address, host }: NodeExchangeOptions) {
    const url = request.url ?? '';
    const mark = url.indexOf('?');
    this.method = request.method?.toUpperCase() ?? 'GET';
    this.query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
    this.#request = request;
    this.#response = response as ServerResponse;
    this.#body = body;
    this.#host = host ?? null;
    this.#upgrade = upgradeOf(request);
    this.address = address ?? request.socket?.remoteAddress ?? null;
    // The peer may have gone while the host's own middleware was at work: then there will be no more event.
    this.#gone = response.destroyed || (request.destroyed && !request.complete);
    // Only `response` tells of the end for certain: `request` closes as soon as its body has been read.
    response.once(
      'close',
      waitsForAnswer(() => this.#close()),
    );
    // Node reports a broken pipe here; the `close` that follows is what counts.
    response.on('error', () => {});
  }

  get closed(): boolean {
    return this.#gone || this.#replied || this.#response.writableEnded;
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
    if (this.#host !== null) {
      const whole = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      return this.#host.send(this.#byHost(this.#host, head, head.status === 204 ? null : whole));
    }
    this.#writeHead(head);
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    if (bytes.length > 0) this.#response.setHeader('content-length', bytes.length);
    this.#response.end(bytes.length > 0 ? bytes : undefined);
  }

  stream(head: Head, session: Session): Transport {
    this.#replied = true;
    if (this.#host !== null) return this.#streamByHost(this.#host, head, session);
    if (!this.#gone) {
      this.#writeHead(head);
      this.#response.flushHeaders();
    }
    return new ResponsePipe({ request: this.#request, response: this.#response }, session);
  }

  upgrade(session: Session, options: UpgradeOptions): Transport {
    const upgrade = this.#upgrade;
    if (upgrade === null) throw new Error('this request is no upgrade; exchange.upgradable says so');
    const { framing } = upgrade.take(options, {
      opened: (accepted) => pipe.open(() => new WebSocketPipe(accepted, session)),
      failed: (end) => pipe.fail(end),
    });
    const pipe = new LatePipe(framing, session, () => upgrade.abort());
    this.#replied = true;
    if (this.#host !== null) this.#host.send({ status: 101, headers: {}, body: null });
    else {
      this.#response.statusCode = 101;
      this.#response.end();
    }
    return pipe.wire;
  }

  #streamByHost(host: HostReply, head: Head, session: Session): Transport {
    const request = this.#request;
    const response = this.#response;
    let piped = false;
    const body = new ReplyBody((outlet) => {
      piped = true;
      pipe.open(() => {
        // A compressor in between has no head of its own to send.
        if (outlet === response) response.flushHeaders();
        const finish = (to: NodeJS.WritableStream): void => body.finish(() => to.end());
        return new ResponsePipe({ request, response, outlet, finish }, session);
      });
    });
    const pipe = new LatePipe(utf8, session, () => {
      body.destroy();
      response.destroy();
    });
    body.once('close', () => {
      pipe.fail({ type: 'failed' });
      if (piped && !body.readableEnded) response.destroy();
    });
    this.#onClose = () => {
      pipe.fail({ type: response.writableFinished ? 'failed' : 'peer' });
      body.destroy();
    };
    if (this.#gone) queueMicrotask(() => pipe.fail({ type: 'peer' }));
    else host.send(this.#byHost(host, head, body));
    return pipe.wire;
  }

  #byHost(host: HostReply, head: Head, body: NodeReply['body']): NodeReply {
    return { status: head.status, headers: headersOf(head, this.#request, (name) => host.header(name)), body };
  }

  #writeHead(head: Head): void {
    const response = this.#response;
    response.statusCode = head.status;
    const headers = headersOf(head, this.#request, (name) => response.getHeader(name));
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  }

  #close(): void {
    this.#gone = true;
    const run = this.#onGone;
    this.#onGone = null;
    this.#onClose();
    if (this.#replied) return;
    run?.();
    this.#host?.gone();
  }
}
