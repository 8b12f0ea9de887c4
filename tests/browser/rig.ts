import type { Server } from 'node:http';
import type { TcpProxy } from '@rt/testkit';
import { tcpProxy } from '@rt/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { listening } from '../support/listen.ts';

/** A browser for all tests of a file, and what is to be undone after each of them: the last first. */
export interface BrowserRig {
  readonly browser: () => Browser;
  readonly cleanUps: (() => unknown)[];
}

export function browserRig(): BrowserRig {
  let browser: Browser | null = null;
  const cleanUps: (() => unknown)[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => browser?.close());

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  });

  return {
    cleanUps,
    browser() {
      if (browser === null) throw new Error('the browser has not been launched yet');
      return browser;
    },
  };
}

/** An app that listens. */
export interface Listening {
  readonly port: number;
  close(): Promise<unknown>;
}

/** An app behind a server, which is closed after it. */
export async function served(server: Server, close: () => Promise<unknown>): Promise<Listening> {
  const { port, close: stop } = await listening(server);
  return {
    port,
    async close() {
      await close();
      server.closeIdleConnections();
      await stop();
    },
  };
}

/** Where an app is, whatever process it is in. */
export interface House<Running extends Listening = Listening> {
  /** A road of its own for each visitor, so that one can be cut. */
  road(): Promise<TcpProxy>;
  /** A new app in the place of this one: nobody is known, and the log is another one. */
  restart(): Promise<void>;
  /** What is running now. */
  now(): Running;
}

export async function houseOf<Running extends Listening>(
  { cleanUps }: BrowserRig,
  start: () => Promise<Running>,
): Promise<House<Running>> {
  let running = await start();
  cleanUps.push(() => running.close());
  return {
    async road() {
      const proxy = await tcpProxy(() => running.port);
      cleanUps.push(proxy.close);
      return proxy;
    },
    async restart() {
      await running.close();
      running = await start();
    },
    now: () => running,
  };
}
