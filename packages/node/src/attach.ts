import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { RtError } from '@rt/protocol';
import { isWebSocket, Upgrade } from './upgrade.ts';

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
  /**
   * Keeps the server's other upgraders away from upgrades at this path, in whatever order they come. For neighbours that
   * answer or destroy every upgrade which is not theirs: `ws` with `{ server, path }`, Socket.IO with its
   * `destroyUpgrade`. It replaces the server's `emit`. @default false
   */
  readonly exclusive?: boolean;
}

/** A server as upgrades need it. */
type UpgradingServer = Pick<Server, 'prependListener' | 'off' | 'emit' | 'listenerCount'> & {
  // Since Node 24.9.
  shouldUpgradeCallback?: (this: UpgradingServer, request: IncomingMessage) => boolean;
};

type IsOurs = (request: IncomingMessage) => boolean;

/** What is attached to a server, in order, with its path: several hubs may share one. */
type Mounts = Map<IsOurs, string>;

const attached = new WeakMap<object, Mounts>();

/** Whether nobody else takes upgrades of this server. */
function alone(server: UpgradingServer): boolean {
  return server.listenerCount('upgrade') === attached.get(server)?.size;
}

/**
 * Lets WebSocket upgrades at a path run through the server's own request listeners, as the app's ordinary requests do:
 * its middleware comes first and may refuse with a status of its own. Returns how to stop.
 *
 * @throws RtError `option_invalid` if the path is attached to this server already
 */
export function attach(server: UpgradingServer, options: AttachOptions = {}): () => void {
  const { path = '/rt', compress = false, answerWithinMs = 10_000, exclusive = false } = options;
  const isOurs: IsOurs = (request) => isWebSocket(request) && pathOf(request) === path;
  const mounts: Mounts = attached.get(server) ?? new Map();
  if ([...mounts.values()].includes(path)) {
    throw new RtError(
      'option_invalid',
      `WebSockets at ${path} of this server are attached already; attach once for each path, or call what the first attach has returned before`,
    );
  }
  attached.set(server, mounts.set(isOurs, path));
  // What nobody takes is the app's to answer, once.
  const isLeft = (request: IncomingMessage): boolean =>
    alone(server) && [...mounts.keys()][0] === isOurs && ![...mounts.keys()].some((takes) => takes(request));
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (!isOurs(request) && !isLeft(request)) return;
    const { bytesWritten } = socket as Socket;
    // After the other listeners of this event: a socket that one of them has answered on is its own.
    process.nextTick(() => {
      if (!socket.writable || (socket as Socket).bytesWritten !== bytesWritten) return;
      const upgrade = new Upgrade({ request, socket, head }, { compress, answerWithinMs });
      server.emit('request', request, upgrade.response);
    });
  };
  server.prependListener('upgrade', onUpgrade);
  const giveBack = [asRequests(server), exclusive ? ahead(server, isOurs, onUpgrade) : (): void => {}];
  return () => {
    server.off('upgrade', onUpgrade);
    mounts.delete(isOurs);
    for (const run of giveBack) run();
  };
}

/**
 * Node hands out whatever asks for an upgrade as soon as somebody takes upgrades. What nobody here will take goes on as
 * the request that it is as well: clients that offer HTTP/2 (`h2c`) are content with that.
 */
function asRequests(server: UpgradingServer): () => void {
  const before = server.shouldUpgradeCallback;
  if (before === undefined) return () => {};
  const should = (request: IncomingMessage): boolean => {
    if (isWebSocket(request)) return before.call(server, request);
    const isH2c = /^h2c$/i.test(request.headers.upgrade ?? '');
    return !isH2c && !alone(server) && before.call(server, request);
  };
  server.shouldUpgradeCallback = should;
  return () => {
    if (server.shouldUpgradeCallback === should) server.shouldUpgradeCallback = before;
  };
}

/** Comes before all listeners, also those that are added later. */
function ahead(
  server: UpgradingServer,
  isOurs: IsOurs,
  onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): () => void {
  const { emit } = server;
  let on = true;
  const first = (event: string | symbol, ...rest: readonly unknown[]): boolean => {
    const [request, socket, head] = rest as [IncomingMessage, Duplex, Buffer];
    if (!on || event !== 'upgrade' || !isOurs(request)) return emit.apply(server, [event, ...rest] as never);
    onUpgrade(request, socket, head);
    return true;
  };
  server.emit = first;
  return () => {
    on = false;
    if (server.emit === first) server.emit = emit;
  };
}

function pathOf({ url = '' }: IncomingMessage): string {
  const [path = ''] = url.split('?', 1);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
