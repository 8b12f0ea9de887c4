import type { Client, ClientOptions, From } from '@rt/client';
import type { Page } from 'playwright-core';
import type { channels } from '../client/ground.ts';

/** What the page keeps for the test. */
interface Kept {
  readonly rtClient: typeof import('@rt/client');
  rtIndexedDb: typeof import('@rt/client/indexeddb');
  client: Client<typeof channels>;
  /** Whose page it is, as locks know it. */
  id: string;
  seen: number[];
  stored: Promise<(string | null)[]>;
}

export interface SharedPageOptions {
  /** @default true */
  readonly share?: boolean;
  /** @default 'start' */
  readonly from?: From;
  /** Goes on from the place that the tab has come to before, if there is one. @default false */
  readonly resume?: boolean;
  /** @default false */
  readonly outbox?: boolean;
}

/** A page whose client shares its connection. */
export class SharedPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Loads the page, and follows the room. */
  async follow(origin: string, options: SharedPageOptions = {}): Promise<void> {
    await this.page.goto(`${origin}/.page`);
    await this.begin(options);
  }

  /** Follows the room, in a page that has just been loaded. */
  async begin({ share = true, from = 'start', resume = false, outbox = false }: SharedPageOptions): Promise<void> {
    await this.page.waitForFunction(() => document.title === 'ready');
    // As text, since what runs these tests has a way of its own to import.
    await this.page.evaluate(`import('/.modules/client/indexeddb.js').then((door) => { window.rtIndexedDb = door; })`);
    await this.page.evaluate(
      async (given) => {
        const kept = window as unknown as Kept;
        const options: ClientOptions = {
          share: given.share,
          reconnect: { firstMs: 200, longestMs: 200 },
          ...(given.outbox && { outbox: kept.rtIndexedDb.indexedDbOutbox() }),
        };
        kept.client = kept.rtClient.createClient<typeof channels>('/rt', options);
        kept.seen = [];
        kept.id = await new Promise<string>((resolve) => {
          const name = `who ${Math.random()}`;
          void navigator.locks.request(name, async () => {
            const { held = [] } = await navigator.locks.query();
            resolve(held.find((lock) => lock.name === name)?.clientId ?? '');
          });
        });
        const place = given.resume ? sessionStorage.getItem('place') : null;
        const room = kept.client.channel('room:1', { from: place === null ? given.from : { after: place } });
        room.on('said', (data, { position }) => {
          kept.seen.push(data);
          sessionStorage.setItem('place', position ?? '');
        });
      },
      { share, from, resume, outbox },
    );
  }

  /** Publishes numbers, one after the other, and resolves when all are on their way. */
  async publish(numbers: readonly number[]): Promise<void> {
    await this.page.evaluate((all) => {
      const kept = window as unknown as Kept;
      const room = kept.client.channel('room:1');
      kept.stored = Promise.all(all.map((n) => room.publish('said', n)));
    }, numbers);
  }

  /** The places of what it has published last. */
  async stored(): Promise<readonly (string | null)[]> {
    return this.page.evaluate(() => (window as unknown as Kept).stored);
  }

  async seen(): Promise<readonly number[]> {
    return this.page.evaluate(() => (window as unknown as Kept).seen);
  }

  /** What came, when this has. */
  async until(n: number, withinMs = 10_000): Promise<readonly number[]> {
    const came = (wanted: number): boolean => (window as unknown as Kept).seen.includes(wanted);
    await this.page.waitForFunction(came, n, { timeout: withinMs, polling: 20 });
    return this.seen();
  }

  /** Resolves when the outbox holds so many, of all tabs. */
  async kept(count: number): Promise<void> {
    const held = async (wanted: number): Promise<boolean> =>
      new Promise((resolve) => {
        const opening = indexedDB.open('rt outbox');
        opening.onsuccess = () => {
          const counting = opening.result.transaction('rows').objectStore('rows').count();
          counting.onsuccess = () => {
            opening.result.close();
            resolve(counting.result === wanted);
          };
        };
      });
    await this.page.waitForFunction(held, count, { timeout: 10_000, polling: 50 });
  }

  async reached(state: string): Promise<void> {
    const is = (wanted: string): boolean => (window as unknown as Kept).client.status.state === wanted;
    await this.page.waitForFunction(is, state, { timeout: 10_000, polling: 20 });
  }

  /** Whether this page has the connection. */
  async leads(): Promise<boolean> {
    return this.page.evaluate(async () => {
      const { held = [] } = await navigator.locks.query();
      const lock = held.find(({ name = '' }) => name.startsWith('rt ') && name.endsWith('/rt true'));
      return lock?.clientId === (window as unknown as Kept).id;
    });
  }
}
