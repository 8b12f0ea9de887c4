import type { TcpProxy } from '@rt/testkit';
import { tcpProxy } from '@rt/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchChromium } from '../support/chromium.ts';

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

/** Where an app is, whatever process it is in. */
export interface House {
  /** A road of its own for each visitor, so that one can be cut. */
  road(): Promise<TcpProxy>;
  /** A new app in the place of this one: nobody is known, and the log is another one. */
  restart(): Promise<void>;
}

export async function houseOf({ cleanUps }: BrowserRig, start: () => Promise<Listening>): Promise<House> {
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
  };
}
