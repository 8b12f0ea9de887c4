import type { Status, TransportOption } from '@rt/client';
import type { Page } from 'playwright-core';

/** How the client of a page is made. */
export interface PageClientOptions {
  readonly transport: TransportOption;
  /** How many times as fast it waits, but for answers, for which it waits 3 seconds. @default 1 */
  readonly speed?: number;
  /** The wait after a loss. @default 20 */
  readonly waitMs?: number;
  /** Timers come at these times only, as those of a page that nobody looks at. */
  readonly timersEveryMs?: number;
  /** @default '1' */
  readonly room?: string;
}

/** What the page keeps for the test. */
interface Kept {
  readonly rtClient: typeof import('@rt/client');
  seen: number[];
  states: Status[];
}

/** A client of a room, in a page of a real browser. */
export class PageClient {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Loads the page, and follows the room from the beginning. */
  async follow(origin: string, options: PageClientOptions): Promise<void> {
    await this.page.goto(`${origin}/.page`);
    await this.page.waitForFunction(() => document.title === 'ready');
    await this.page.evaluate(({ transport, speed = 1, waitMs = 20, timersEveryMs = 0, room = '1' }) => {
      const kept = window as unknown as Kept;
      const { createClient, platform } = kept.rtClient;
      const real = platform();
      const late = (afterMs: number): number => {
        if (timersEveryMs === 0) return afterMs;
        const due = performance.now() + afterMs;
        return Math.ceil(due / timersEveryMs) * timersEveryMs - performance.now();
      };
      const client = createClient('/rt', {
        transport,
        reconnect: { firstMs: waitMs, longestMs: waitMs },
        environment: {
          ...real,
          now: () => real.now() * speed,
          timer: (afterMs, run) => real.timer(late(afterMs > 3000 ? afterMs / speed : afterMs), run),
          // The longest of the waits that may be.
          random: () => 0.999,
        },
      });
      kept.seen = [];
      kept.states = [];
      client.subscribe(() => kept.states.push(client.status));
      client.channel(`room:${room}`, { from: 'start' }).on('said', (data) => kept.seen.push(data as number));
    }, options);
  }

  /** What came, when there is so much of it. */
  async until(count: number): Promise<readonly number[]> {
    await this.page.waitForFunction((least) => (window as unknown as Kept).seen.length >= least, count, {
      timeout: 10_000,
    });
    return this.page.evaluate(() => (window as unknown as Kept).seen);
  }

  /** Resolves when the last state of the connection is this one. */
  async reached(state: Status['state']): Promise<void> {
    await this.page.waitForFunction((wanted) => (window as unknown as Kept).states.at(-1)?.state === wanted, state, {
      timeout: 10_000,
    });
  }

  /** How often it has given up a connection. */
  async givenUp(): Promise<number> {
    return (await this.states()).filter(({ state }) => state === 'waiting').length;
  }

  /** Stops everything in the page, as long as its alert is open. Returns how to go on. */
  async standStill(): Promise<() => Promise<void>> {
    const opened = this.page.waitForEvent('dialog');
    await this.page.evaluate(() => void setTimeout(() => alert('wait')));
    const dialog = await opened;
    return () => dialog.accept();
  }

  /** All the states of the connection, in their order. */
  async states(): Promise<readonly Status[]> {
    return this.page.evaluate(() => (window as unknown as Kept).states);
  }

  /** What the tab has kept. */
  async stored(): Promise<readonly string[]> {
    return this.page.evaluate(() => Object.keys(sessionStorage).map((key) => sessionStorage.getItem(key) ?? ''));
  }
}
