import type { HubOptions, RequestHub } from '@rt/core';
import type { RawRequest, RawResponse } from '@rt/testkit';
import { rawRequest, within } from '@rt/testkit';
import { afterEach, expect } from 'vitest';
import type { TestHub } from '../../support/hub.ts';
import { testHub } from '../../support/hub.ts';

/** A server that has mounted a hub at /rt. The user is what the request header `x-user` says. */
export interface Mounted {
  readonly port: number;
  close(): Promise<void>;
}

/** Mounts a hub on one kind of host. */
export type Mount = (hub: RequestHub) => Promise<Mounted>;

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
  /** Closes the server, as the app would; resolves when nothing of it is open. */
  stop(): Promise<void>;
}

/** What the cases of the suite are written with. Everything that a case opens is closed after it. */
export interface HostRig {
  start(options?: HubOptions): Promise<Served>;
  /** A request for a stream, unless it says otherwise. */
  get(port: number, query: string, more?: Partial<RawRequest>): Promise<RawResponse>;
  page(port: number, query: string): Promise<Page>;
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

  return {
    cleanUps,
    get,
    async start(options = {}) {
      const made = testHub(options);
      const mounted = await mount(made.hub);
      let stopped: Promise<void> | null = null;
      const stop = (): Promise<void> => (stopped ??= mounted.close());
      cleanUps.push(
        () => within('the server to close', stop()),
        () => within('the hub to close', made.hub.close({ withinMs: 1000 })),
      );
      return Object.assign(made, { port: mounted.port, stop });
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
