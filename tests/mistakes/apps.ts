import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@rt/client';
import { createClient } from '@rt/client';
import type { Channels, Hub, HubOptions, RequestHub } from '@rt/core';
import { channel, createHub, defineChannels } from '@rt/core';
import { realtime as inExpress } from '@rt/express-sse';
import { realtime as inFastify } from '@rt/fastify';
import { realtime as inKoa } from '@rt/koa';
import { realtime as inNode } from '@rt/node';
import type { AttachOptions } from '@rt/node';
import { attach } from '@rt/node';
import { within } from '@rt/testkit';
import express from 'express';
import Fastify from 'fastify';
import Koa from 'koa';
import mount from 'koa-mount';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { listening } from '../support/listen.ts';

export const channels = defineChannels({
  'room:{id}': channel({
    events: { said: z.object({ text: z.string() }) },
    subscribe: 'anyone',
    publish: 'anyone',
  }),
  // Somebody has forgotten the rule.
  'secret:{id}': channel({ events: { said: z.object({ text: z.string() }) } }),
});

type MapOf<Defined> = Defined extends Channels<infer Map> ? Map : never;
type AppHub = Hub<MapOf<typeof channels>>;

/** A hub as the first pages make it: nothing is said of brokers or observers. */
export function newHub(options: HubOptions = {}): AppHub {
  const hub = createHub({ channels, ...options });
  onTestFinished(() => hub.close({ withinMs: 100 }));
  return hub;
}

const user = (): null => null;

/** Apps without a word on WebSockets, by what they are made with. */
const listeners: { readonly [Name in 'node:http' | 'Express' | 'Koa']: (hub: RequestHub) => RequestListener } = {
  'node:http': (hub) => {
    const rt = inNode(hub, { user });
    return (request, response) => {
      if (request.url?.startsWith('/rt')) void rt(request, response);
      else response.writeHead(404).end('the app’s own');
    };
  },
  Express: (hub) => express().use('/rt', inExpress(hub, { user })),
  Koa: (hub) => {
    const callback = new Koa().use(mount('/rt', inKoa(hub, { user }).handler())).callback();
    return (request, response) => void callback(request, response);
  },
};

/** The hosts whose servers have to be told of upgrades. */
export const hosts = Object.keys(listeners) as readonly (keyof typeof listeners)[];

/** Serves an app that has mounted the hub at /rt. @param upgrades How often they are attached. @default 1 */
export async function serve(
  host: (typeof hosts)[number],
  hub: RequestHub,
  { upgrades = 1, ...options }: AttachOptions & { readonly upgrades?: number } = {},
): Promise<number> {
  const server = createServer(listeners[host](hub));
  for (let times = 0; times < upgrades; times += 1) attach(server, options);
  const { port } = await listening(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return port;
}

/** Serves an app of Fastify with the hub at /rt. */
export async function serveFastify(
  hub: AppHub,
  prepare?: (app: ReturnType<typeof Fastify>) => unknown,
): Promise<number> {
  const app = Fastify();
  await prepare?.(app);
  await app.register(inFastify, { hub, path: '/rt', user, close: { withinMs: 100 } });
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => app.close());
  return (app.server.address() as AddressInfo).port;
}

/** A client as a page makes it, with what it knows of the server: its URL. */
export function visit(port: number, path = '/rt'): Client<typeof channels> {
  const client = createClient<typeof channels>(`http://127.0.0.1:${port}${path}`);
  onTestFinished(() => client.close());
  return client;
}

/** Resolves when a store of the client is as it is waited for. */
export async function reached<Snapshot>(
  what: string,
  store: { subscribe(listener: () => void): () => void; getSnapshot(): Snapshot },
  isSo: (snapshot: Snapshot) => boolean,
): Promise<Snapshot> {
  const waiting = Promise.withResolvers<void>();
  const look = (): void => void (isSo(store.getSnapshot()) && waiting.resolve());
  const stop = store.subscribe(look);
  look();
  await within(what, waiting.promise);
  stop();
  return store.getSnapshot();
}
