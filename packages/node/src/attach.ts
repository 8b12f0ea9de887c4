import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Upgrade } from './upgrade.ts';

/** Options of {@link attach}. */
export interface AttachOptions {
  /**
   * The path at which the hub is mounted. Upgrades elsewhere are left to the server's other upgraders; where there are
   * none they go through the app too, since nobody else would answer them. @default '/rt'
   */
  readonly path?: string;
  /**
   * Whether to compress messages for clients that can (permessage-deflate): once for each batch, whatever the number
   * of clients, and without memory for each connection. @default false
   */
  readonly compress?: boolean;
  /**
   * The longest that the app's middleware may take over an upgrade, in milliseconds: then it is answered with 503.
   * @default 10_000
   */
  readonly answerWithinMs?: number;
}

/**
 * Lets WebSocket upgrades at a path run through the server's own request listeners, as the app's ordinary requests do:
 * its middleware comes first and may refuse with a status of its own. Returns how to stop.
 */
export function attach(
  server: Pick<Server, 'on' | 'off' | 'emit' | 'listenerCount'>,
  options: AttachOptions = {},
): () => void {
  const { path = '/rt', compress = false, answerWithinMs = 10_000 } = options;
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const ours = /^websocket$/i.test(request.headers.upgrade ?? '') && pathOf(request) === path;
    if (!ours && server.listenerCount('upgrade') > 1) return;
    const upgrade = new Upgrade(request, socket, head, { compress, answerWithinMs });
    server.emit('request', request, upgrade.response);
  };
  server.on('upgrade', onUpgrade);
  return () => server.off('upgrade', onUpgrade);
}

function pathOf({ url = '' }: IncomingMessage): string {
  const [path = ''] = url.split('?', 1);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
