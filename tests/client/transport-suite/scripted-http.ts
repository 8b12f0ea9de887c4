import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { within } from '@rt/testkit';
import { Arrival } from './arrival.ts';

/** Where the server answers by itself: `null` for what is not there. */
export type Assets = (path: string) => { readonly type: string; readonly body: string } | null;

/** A URL whose requests wait for what their test says to them. */
export class Place {
  readonly path: string;
  readonly url: string;
  /** All that have come, in their order. */
  readonly arrivals: Arrival[] = [];
  #unread: Arrival[] = [];
  #changed: () => void = () => {};

  constructor(origin: string, path: string) {
    this.path = path;
    this.url = `${origin}${path}`;
  }

  take(arrival: Arrival): void {
    this.arrivals.push(arrival);
    this.#unread.push(arrival);
    this.#changed();
  }

  /** The next request that fits, as soon as it has come with its whole body. */
  async next(what = 'the next request', fits: (arrival: Arrival) => boolean = () => true): Promise<Arrival> {
    for (;;) {
      const found = this.#unread.find(fits);
      if (found !== undefined) {
        this.#unread = this.#unread.filter((arrival) => arrival !== found);
        return found;
      }
      const came = this.arrivals.map(({ target }) => target).join(', ');
      await within(`${what}, after ${came}`, new Promise<void>((resolve) => (this.#changed = resolve)));
    }
  }

  /** The next poll. */
  async poll(): Promise<Arrival> {
    return this.next('a poll', ({ query }) => query.includes('poll='));
  }

  /** The next frames for an open session. */
  async post(): Promise<Arrival> {
    return this.next('frames', ({ method, query }) => method === 'POST' && !query.includes('poll='));
  }

  close(): void {
    for (const { socket } of this.arrivals) socket.destroy();
  }
}

/** A server of HTTP and WebSockets that is written by hand: it says what its test tells it to, byte by byte. */
export interface ScriptedHttp {
  readonly origin: string;
  /** A new URL. */
  place(): Place;
  close(): Promise<void>;
}

/** Listens on a free port of the loopback. */
export async function scriptedHttp(assets: Assets = () => null): Promise<ScriptedHttp> {
  const sockets = new Set<Socket>();
  const places: Place[] = [];
  const served = (arrival: Arrival): void => {
    const path = arrival.target.split('?')[0] ?? '';
    const place = places.find((candidate) => path === candidate.path || path.startsWith(`${candidate.path}/`));
    if (place !== undefined) return place.take(arrival);
    const asset = assets(path);
    if (asset === null) return arrival.answer('404 Not Found', {}, '');
    arrival.answer('200 OK', { 'content-type': asset.type }, asset.body);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    listen(socket, served);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    place() {
      const place = new Place(origin, `/case-${places.length + 1}`);
      places.push(place);
      return place;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Calls with the one request of a connection: each answer ends its connection. */
function listen(socket: Socket, served: (arrival: Arrival) => void): void {
  let held = Buffer.alloc(0);
  let arrival: Arrival | null = null;
  socket.on('data', (part) => {
    if (arrival !== null) return arrival.feed(part);
    held = Buffer.concat([held, part]);
    const end = held.indexOf('\r\n\r\n');
    if (end === -1) return;
    const [first = '', ...rest] = held.toString('latin1', 0, end).split('\r\n');
    const headers = new Map(
      rest.map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const length = Number(headers.get('content-length') ?? 0);
    if (held.length < end + 4 + length) return;
    const [method = '', target = ''] = first.split(' ');
    const body = held.toString('utf8', end + 4, end + 4 + length);
    arrival = new Arrival(socket, { method, target, headers, body });
    served(arrival);
  });
}
