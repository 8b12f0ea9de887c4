import { createServer } from 'node:http';
import { createClient } from '@rt/client';
import { createHub, RtError } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { tcpProxy, within } from '@rt/testkit';
import { onTestFinished, vi } from 'vitest';
import { listening } from '../support/listen.ts';
import { channels } from './channels.ts';
import type { Order } from './order.ts';

/** An app that has one order, changed over its channel; `restart` makes its log begin anew. */
export async function shop() {
  let order: Order = { title: 'Tea', paid: false, lines: [] };
  let fetches = 0;
  let answers: Promise<void> = Promise.resolve();
  let wake = (): void => {};
  const start = async () => {
    const hub = createHub({ channels, reconnect: { minMs: 1, maxMs: 50 } });
    const listener = realtime(hub, { user: () => null });
    const server = createServer((request, response) => {
      if (request.url?.startsWith('/rt') === true) return void listener(request, response);
      const answer = async (): Promise<void> => {
        const { state, position } = await hub.channel('order:1').withPosition(() => order);
        fetches += 1;
        wake();
        await answers;
        response.setHeader('rt-position', position).end(JSON.stringify(state));
      };
      void answer();
    });
    attach(server);
    const { port, close } = await listening(server);
    hub.on('order:{id}', 'rename', async ({ data }) => {
      const title = String(data);
      await asked;
      if (title === '') throw new RtError('send_denied', 'an order needs a title');
      await change({ title });
    });
    const stop = async (): Promise<void> => {
      await hub.close({ withinMs: 100 });
      server.closeAllConnections();
      await close();
    };
    return { hub, port, stop };
  };
  let asked: Promise<void> = Promise.resolve();
  let running = await start();
  const change = async (changed: { title?: string; paid?: boolean }): Promise<void> => {
    order = { ...order, ...changed };
    const { title, paid } = order;
    await running.hub.channel('order:1').publish('changed', { title, paid });
  };
  const proxy = await tcpProxy(() => running.port);
  const origin = `http://127.0.0.1:${proxy.port}`;
  const real = fetch;
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) => real(url.startsWith('/') ? origin + url : url, init));
  const rt = createClient<typeof channels>(`${origin}/rt`, { transport: 'websocket', reconnect: { firstMs: 20 } });
  onTestFinished(async () => {
    rt.close();
    vi.unstubAllGlobals();
    await proxy.close();
    await running.stop();
  });
  /** Holds something until the returned function is called. */
  const hold = (put: (held: Promise<void>) => void): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    put(promise);
    return () => {
      put(Promise.resolve());
      resolve();
    };
  };
  return {
    rt,
    proxy,
    change,
    async addLine(product: string): Promise<void> {
      order = { ...order, lines: [...order.lines, product] };
      await running.hub.channel('order:1').publish('lineAdded', { product });
    },
    fetches: () => fetches,
    async fetched(count: number): Promise<void> {
      while (fetches < count) {
        await within(`${count} requests, after ${fetches}`, new Promise<void>((resolve) => (wake = resolve)));
      }
    },
    /** What is asked from now on was read, and is answered only when the returned function is called. */
    holdAnswers: () =>
      hold((held) => {
        answers = held;
      }),
    /** A new title is taken, or refused, only when the returned function is called. */
    holdRenames: () =>
      hold((held) => {
        asked = held;
      }),
    async restart(): Promise<void> {
      await running.stop();
      running = await start();
    },
  };
}
