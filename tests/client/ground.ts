import { createServer } from 'node:http';
import type { Client, ClientOptions, Environment, TransportName, TransportOption } from '@rt/client';
import { createClient, platform } from '@rt/client';
import type { Broker, HubOptions } from '@rt/core';
import { channel, createHub, defineChannels, keyed } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { tcpProxy } from '@rt/testkit';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { listening } from '../support/listen.ts';

export const channels = defineChannels({
  'room:{id}': channel({
    events: { said: z.number(), drawn: z.instanceof(Uint8Array), counted: z.object({ n: z.number() }) },
    keep: { count: 10_000 },
    subscribe: ({ user }) => (user as { readonly id: string } | null)?.id !== 'mallory',
    publish: ({ event }) => event !== 'counted',
    send: 'anyone',
    presence: z.object({ name: z.string() }),
    enter: 'anyone',
  }),
  'board:{id}': channel({
    events: { moved: keyed(z.object({ card: z.string(), to: z.number() }), { by: ({ card }) => card }) },
    keep: { newestPer: 'key' },
    subscribe: 'anyone',
    publish: 'anyone',
  }),
});

export type TestClient = Client<typeof channels>;

/** A hub on a port of its own, behind a road that can be cut; `restart` puts a new one behind it. */
export async function ground({ connect, ...options }: HubOptions & { readonly connect?: () => Broker } = {}) {
  const start = async () => {
    const hub = createHub({
      ...(connect !== undefined && { broker: connect() }),
      channels,
      heartbeat: { everyMs: 1000 },
      reconnect: { minMs: 1, maxMs: 50 },
      limits: { rates: false },
      ...options,
    });
    const user = (request: {
      readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
    }) => {
      const id = request.headers['x-user'];
      return id === undefined ? { id: 'anonymous' } : { id: String(id) };
    };
    const listener = realtime(hub, { user });
    const server = createServer((request, response) => void listener(request, response));
    attach(server);
    const { port, close } = await listening(server);
    return {
      hub,
      port,
      async stop() {
        await hub.close({ withinMs: 100 });
        server.closeAllConnections();
        await close();
      },
    };
  };
  let running = await start();
  const proxy = await tcpProxy(() => running.port);
  const clients: TestClient[] = [];
  onTestFinished(async () => {
    for (const client of clients) client.close();
    await proxy.close();
    await running.stop();
  });
  return {
    proxy,
    hub: () => running.hub,
    async restart() {
      await running.stop();
      running = await start();
    },
    /** A client over one transport, or several, that comes back fast. */
    client(transport: TransportOption, more: ClientOptions = {}): TestClient {
      const client = createClient<typeof channels>(`http://127.0.0.1:${proxy.port}/rt`, {
        transport,
        reconnect: { firstMs: 20, longestMs: 100 },
        ...more,
      });
      clients.push(client);
      return client;
    },
  };
}

/** The platform, with a clock that runs so many times as fast. */
export function fast(times: number): Environment {
  const real = platform();
  return { ...real, now: () => real.now() * times, timer: (afterMs, run) => real.timer(afterMs / times, run) };
}

export const transports: readonly TransportName[] = ['websocket', 'sse', 'long-poll'];
