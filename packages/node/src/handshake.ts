import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Framing, UpgradeOptions } from '@rt/core';
import { RtError } from '@rt/protocol';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { deflateFraming, plainFraming } from './websocket-framing.ts';

/** Headers that are Node's or the handshake's own business. */
const ownHeaders = new Set([
  'connection',
  'upgrade',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-type',
  'date',
  'sec-websocket-accept',
]);

/** An upgrade as Node hands it out. */
export interface Upgrading {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** What an accepted handshake has agreed on. */
export interface Agreed {
  readonly options: UpgradeOptions;
  readonly framing: Framing;
}

/**
 * What a handshake is accepted with. A peer that wants a window of its own size is not given compression: messages are
 * compressed once for all.
 *
 * @throws RtError `upgrade_unavailable` if the request is no handshake of a WebSocket
 */
export function agree({ method, headers }: IncomingMessage, options: UpgradeOptions, compress: boolean): Agreed {
  const key = headers['sec-websocket-key'] ?? '';
  const version = headers['sec-websocket-version'] ?? '';
  if (method !== 'GET' || !/^[+/0-9A-Za-z]{22}==$/.test(key) || !/^(8|13)$/.test(version)) {
    throw new RtError(
      'upgrade_unavailable',
      'this is no handshake of a WebSocket: it takes GET, a Sec-WebSocket-Key of 16 bytes and Sec-WebSocket-Version: 13',
    );
  }
  const offer = headers['sec-websocket-extensions'] ?? '';
  const compressed = compress && offer.includes('permessage-deflate') && !offer.includes('server_max_window_bits');
  return { options, framing: compressed ? deflateFraming : plainFraming };
}

/** What is of one handshake, and not of the server that makes it. */
interface Answer {
  readonly headers: NodeJS.Dict<number | string | readonly string[]>;
  readonly subprotocol: string | null;
}

const servers = new Map<string, WebSocketServer>();
const answers = new WeakMap<IncomingMessage, Answer>();

/**
 * Shakes hands, with these headers on the 101. `null` if `ws` has found fault with it and answered so itself, or if
 * somebody else has taken the socket.
 */
export function shakeHands(
  { request, socket, head }: Upgrading,
  agreed: Agreed,
  headers: NodeJS.Dict<number | string | readonly string[]>,
): WebSocket | null {
  answers.set(request, { headers, subprotocol: agreed.options.subprotocol });
  let accepted: WebSocket | null = null;
  try {
    // It calls back within the call.
    serverFor(agreed).handleUpgrade(request, socket, head, (webSocket) => {
      accepted = webSocket;
    });
  } catch {
    // It throws for a socket that is a WebSocket already: then another upgrader has been faster.
  }
  return accepted;
}

/** One for each way to accept, which is nothing that clients make up: it is kept. It holds no connections. */
function serverFor({ options: { maxBytes }, framing }: Agreed): WebSocketServer {
  const key = `${maxBytes} ${framing.name}`;
  let server = servers.get(key);
  if (server === undefined) {
    server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: maxBytes,
      handleProtocols: (_, request) => answers.get(request)?.subprotocol ?? false,
      perMessageDeflate: framing === deflateFraming && { serverNoContextTakeover: true, clientNoContextTakeover: true },
    });
    server.on('headers', (lines, request) => {
      for (const [name, value] of Object.entries(answers.get(request)?.headers ?? {})) {
        if (ownHeaders.has(name)) continue;
        for (const one of [value ?? []].flat()) lines.push(`${name}: ${String(one)}`);
      }
    });
    servers.set(key, server);
  }
  return server;
}
