import type { IncomingMessage } from 'node:http';
import { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeOptions } from '@rt/core';
import { RtError } from '@rt/protocol';
import { WebSocketServer } from 'ws';
import type { NodeRequest } from './node-message.ts';
import type { Accepted } from './websocket-pipe.ts';

const upgrades = new WeakMap<NodeRequest, Upgrade>();

/** The upgrade that a request is, if it has been handed in as one. */
export function upgradeOf(request: NodeRequest): Upgrade | null {
  return upgrades.get(request) ?? null;
}

/** Headers that are Node's or the handshake's own business. */
const hopByHop = new Set([
  'connection',
  'upgrade',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-type',
  'date',
  'sec-websocket-accept',
]);

const servers = new Map<string, WebSocketServer>();

/** One for each way to accept: it holds no connections. */
function serverFor({ maxBytes, subprotocol }: UpgradeOptions, compress: boolean): WebSocketServer {
  const key = `${maxBytes} ${subprotocol} ${compress}`;
  let server = servers.get(key);
  if (server === undefined) {
    server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: maxBytes,
      handleProtocols: () => subprotocol ?? false,
      perMessageDeflate: compress && { serverNoContextTakeover: true, clientNoContextTakeover: true },
    });
    server.on('headers', (lines, request) => {
      for (const [name, value] of Object.entries(upgradeOf(request)?.response.getHeaders() ?? {})) {
        if (hopByHop.has(name)) continue;
        for (const one of Array.isArray(value) ? value : [value]) lines.push(`${name}: ${String(one)}`);
      }
    });
    servers.set(key, server);
  }
  return server;
}

/** How upgrades are taken. */
export interface UpgradeSettings {
  readonly compress: boolean;
  /** The longest that a host's middleware may take to let an upgrade through. */
  readonly answerWithinMs: number;
}

/**
 * An upgrade as an ordinary request: its response goes through whatever the server has in front of us, which may refuse
 * it with a status of its own. A socket that was handed to an upgrade is nobody else's any more: refused or not, it has
 * to be closed here.
 */
export class Upgrade {
  readonly response: ServerResponse;
  readonly #request: IncomingMessage;
  readonly #socket: Duplex;
  readonly #head: Buffer;
  readonly #settings: UpgradeSettings;
  readonly #deadline: NodeJS.Timeout;
  readonly #onError: () => void;

  constructor(request: IncomingMessage, socket: Duplex, head: Buffer, settings: UpgradeSettings) {
    this.#request = request;
    this.#socket = socket;
    this.#head = head;
    this.#settings = settings;
    this.#onError = (): void => void socket.destroy();
    socket.on('error', this.#onError);
    this.response = new ServerResponse(request);
    this.response.shouldKeepAlive = false;
    // Node attaches responses to sockets in the same way, and asks for no more than a stream.
    this.response.assignSocket(socket as never);
    this.response.once('finish', () => this.#refused());
    this.#deadline = setTimeout(() => this.#tooLate(), settings.answerWithinMs).unref();
    socket.once('close', () => clearTimeout(this.#deadline));
    upgrades.set(request, this);
  }

  /** Shakes hands. @throws RtError `upgrade_unavailable` if the peer has gone, or its handshake was not a good one. */
  accept(options: UpgradeOptions): Accepted {
    clearTimeout(this.#deadline);
    this.response.detachSocket(this.#socket as never);
    let accepted: Accepted | null = null;
    if (this.#socket.writable) {
      const server = serverFor(options, this.#settings.compress);
      server.handleUpgrade(this.#request, this.#socket, this.#head, (webSocket) => {
        accepted = { socket: this.#socket, webSocket };
      });
    }
    // `ws` has answered a bad handshake itself; it calls back within the call for a good one.
    if (accepted === null) throw new RtError('upgrade_unavailable', 'the WebSocket handshake was not a good one');
    this.#socket.off('error', this.#onError);
    return accepted;
  }

  /** Answers without the response: whoever is still at work with it may go on, and finds it closed. */
  #tooLate(): void {
    if (this.response.headersSent) return;
    this.response.detachSocket(this.#socket as never);
    this.#socket.end(
      'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n',
    );
    this.#socket.once('finish', () => this.#socket.destroy());
    // Whoever looks later finds it destroyed, and whoever waits is told now.
    this.response.destroy();
    this.response.emit('close');
  }

  #refused(): void {
    clearTimeout(this.#deadline);
    this.response.detachSocket(this.#socket as never);
    const socket = this.#socket as Duplex & { destroySoon?(): void };
    if (socket.destroySoon === undefined) socket.end();
    else socket.destroySoon();
  }
}
