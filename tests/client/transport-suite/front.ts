import type { IncomingMessage } from 'node:http';
import { createServer, ServerResponse } from 'node:http';
import { createHub } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { tcpProxy } from '@rt/testkit';
import { onTestFinished } from 'vitest';
import { listening } from '../../support/listen.ts';
import { channels } from '../ground.ts';
import { clientAssets } from './client-assets.ts';

/** What stands between a page and the hub. */
export interface FrontOptions {
  /** Whether WebSockets come through. */
  readonly webSockets: boolean;
  /** Whether streams do, or are kept until their end, as some proxies keep them. */
  readonly streams: boolean;
}

/** What {@link front} has made. */
export type Front = Awaited<ReturnType<typeof front>>;

/** A real hub with pages, behind a road that can be cut, until the test is over. */
export async function front({ webSockets, streams }: FrontOptions) {
  const hub = createHub({ channels, heartbeat: { everyMs: 10_000 }, limits: { rates: false } });
  const listener = realtime(hub, { user: () => ({ id: 'ada' }) });
  // What sessions were asked for, in their order.
  const opened: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const asset = clientAssets(path);
    if (asset !== null) return void response.setHeader('content-type', asset.type).end(asset.body);
    if (!path.startsWith('/rt')) return void response.writeHead(404).end();
    const kind = kindOf(request);
    if (kind !== null) opened.push(kind);
    if (kind === 'sse' && !streams) hold(response);
    void listener(request, response);
  });
  server.on('upgrade', (_request, socket) => {
    opened.push('websocket');
    if (!webSockets) socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
  if (webSockets) attach(server);
  const { port, close } = await listening(server);
  const proxy = await tcpProxy(() => port);
  onTestFinished(async () => {
    await proxy.close();
    await hub.close({ withinMs: 100 });
    server.closeAllConnections();
    await close();
  });
  return { origin: `http://127.0.0.1:${proxy.port}`, hub, proxy, opened };
}

function kindOf({ method, url = '', headers }: IncomingMessage): string | null {
  if (method !== 'POST' || url.includes('session=')) return null;
  return headers.accept === 'text/event-stream' ? 'sse' : 'long-poll';
}

/** Keeps what is written until all of it is there. */
function hold(response: ServerResponse): void {
  const held: Buffer[] = [];
  const end = (bytes: Buffer): unknown => ServerResponse.prototype.end.call(response, bytes, 'utf8');
  response.write = (part: Uint8Array | string) => held.push(Buffer.from(part)) > 0;
  response.end = () => {
    end(Buffer.concat(held));
    return response;
  };
}
