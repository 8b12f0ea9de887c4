import type { Server } from 'node:http';
import type { HubOptions, RequestHub } from '@rt/core';
import type { AttachOptions } from '@rt/node';
import type { Handshake, RawRequest, RawResponse, RawWebSocket, WebSocketRequest } from '@rt/testkit';
import { rawRequest, rawWebSocket, within } from '@rt/testkit';
import { afterEach, expect } from 'vitest';
import type { TestHub } from '../../support/hub.ts';
import { testHub } from '../../support/hub.ts';

/** An app that has mounted a hub. */
export interface Mounted {
  readonly port: number;
  readonly server: Server;
  /** Closes what the app closes when it stops; resolves when nothing of it is open. */
  close(): Promise<void>;
}

/** How an app is built around the hub. */
export interface MountOptions {
  /** Is given the server before upgrades are taken, for neighbours that take some too. */
  readonly prepare?: (server: Server) => void;
  /** How upgrades are taken, beside the path. */
  readonly upgrades?: Omit<AttachOptions, 'path'>;
}

/**
 * Mounts a hub on one kind of host, at /rt with upgrades. The user is `{ id }` with what the request header `x-user`
 * says. In front of it the app
 * - sets `x-early: 1`, and `x-late: 1` at the last moment that its kind of host has for it;
 * - waits for {@link front} if the request has `x-held`;
 * - answers 401 and `{"error":"login first"}` if it has `x-locked-out`;
 * - has a session with something in it, and so a cookie, if it has `x-session` (a server without a framework has none).
 */
export type Mount = (hub: RequestHub, options?: MountOptions) => Promise<Mounted>;

/** A page as JSON. */
export interface Page {
  readonly channel: string;
  readonly position: string;
  readonly floor: string;
  readonly publications: readonly { readonly position: string; readonly event: string; readonly data: unknown }[];
  readonly gap?: { readonly reason: string };
}

/** A hub behind a server. */
export interface Served extends TestHub {
  readonly port: number;
  readonly server: Server;
  /** Closes the server, as the app would; resolves when nothing of it is open. */
  stop(): Promise<void>;
}

/** What the cases of the suite are written with. Everything that a case opens is closed after it. */
export interface HostRig {
  start(options?: HubOptions, more?: MountOptions): Promise<Served>;
  /** A request for a stream, unless it says otherwise. */
  get(port: number, query: string, more?: Partial<RawRequest>): Promise<RawResponse>;
  page(port: number, query: string): Promise<Page>;
  /** Asks for a WebSocket. */
  upgrade(
    port: number,
    headers?: Readonly<Record<string, string>>,
    more?: Partial<WebSocketRequest>,
  ): Promise<Handshake>;
  /** Opens a WebSocket that has to be accepted. */
  webSocket(
    port: number,
    headers?: Readonly<Record<string, string>>,
    more?: Partial<WebSocketRequest>,
  ): Promise<RawWebSocket>;
  /** Publishes the numbers from 1 in one turn. */
  publish(
    hub: TestHub['hub'],
    channel: 'open:1' | 'open:2' | 'deep:1' | 'own:ada',
    count: number,
  ): Promise<readonly string[]>;
  /** Called after the case, the last one first. */
  readonly cleanUps: (() => unknown)[];
}

export const sse = { accept: 'text/event-stream' };
export const json = { accept: 'application/json' };

export function hostRig(mount: Mount): HostRig {
  const cleanUps: (() => unknown)[] = [];

  afterEach(async () => {
    // The last opened is closed first: clients, then the hub, then the server.
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  });

  const get: HostRig['get'] = async (port, query, more = {}) => {
    const response = await rawRequest({ port, path: `/rt?${query}`, headers: sse, ...more });
    cleanUps.push(() => response.cut());
    return response;
  };

  const upgrade: HostRig['upgrade'] = async (port, headers = {}, more = {}) => {
    const handshake = await rawWebSocket({ port, path: '/rt', headers, ...more });
    if (handshake.type === 'open') cleanUps.push(() => handshake.webSocket.socket.destroy());
    return handshake;
  };

  return {
    cleanUps,
    get,
    upgrade,
    async webSocket(...request) {
      const handshake = await upgrade(...request);
      if (handshake.type === 'refused') throw new Error(`${handshake.head.status} ${handshake.body}`);
      return handshake.webSocket;
    },
    async start(options = {}, more = {}) {
      const made = testHub(options);
      const mounted = await mount(made.hub, more);
      let stopped: Promise<void> | null = null;
      const stop = (): Promise<void> => (stopped ??= mounted.close());
      cleanUps.push(
        () => within('the server to close', stop()),
        () => within('the hub to close', made.hub.close({ withinMs: 1000 })),
      );
      return Object.assign(made, { port: mounted.port, server: mounted.server, stop });
    },
    async page(port, query) {
      const response = await get(port, query, { headers: json });
      expect(response.head.status).toBe(200);
      return JSON.parse(await response.text()) as Page;
    },
    publish: async (hub, channel, count) =>
      Promise.all(Array.from({ length: count }, (_, n) => hub.channel(channel).publish('said', n + 1))),
  };
}
