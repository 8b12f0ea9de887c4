import { createServer } from 'node:http';
import { realtime } from '@rt/node';
import { nastyPayloads, within } from '@rt/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import type { TestHub } from '../support/hub.ts';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';
import type { TcpProxy } from '@rt/testkit';
import { tcpProxy } from '@rt/testkit';

/** What the browser's own EventSource makes of a plain stream: nothing of ours runs in the page. */

let browser: Browser;
const cleanUps: (() => unknown)[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => browser.close());

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const reconnect = { minMs: 50, maxMs: 100 };

interface Served extends TestHub {
  readonly port: number;
}

async function serve(): Promise<Served> {
  const made = testHub({ reconnect });
  const rt = realtime(made.hub, { user: () => null });
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/rt') === true) return void rt(request, response);
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>test</title>');
  });
  const { port, close } = await listening(server);
  cleanUps.push(
    close,
    () => made.hub.close({ withinMs: 1000 }),
    () => server.closeIdleConnections(),
  );
  return Object.assign(made, { port });
}

interface Seen {
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

interface Listener {
  /** What the page has been given so far. */
  seen(): Promise<readonly Seen[]>;
  /** Resolves when the page has been given so many. */
  until(count: number): Promise<readonly Seen[]>;
}

type Collecting = Window & { seen: Seen[] };

async function listen(proxy: TcpProxy, query: string): Promise<Listener> {
  const page: Page = await browser.newPage();
  cleanUps.push(() => page.close());
  await page.goto(`http://127.0.0.1:${proxy.port}/`);
  // The server has written the stream's first bytes before the page has them: wait for the page's own word.
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const began = new Promise((resolve) => session.once('Network.dataReceived', resolve));
  await page.evaluate((url) => {
    const collecting = window as unknown as Collecting;
    collecting.seen = [];
    const source = new EventSource(url);
    for (const type of ['said', 'rt.gap', 'rt.bye']) {
      source.addEventListener(type, ({ data, lastEventId }: MessageEvent<string>) => {
        collecting.seen.push({ type, id: lastEventId, data });
      });
    }
  }, `/rt?${query}`);
  await within('the first bytes', began);
  const seen = (): Promise<readonly Seen[]> => page.evaluate(() => (window as unknown as Collecting).seen);
  return {
    seen,
    async until(count) {
      await page.waitForFunction((least) => (window as unknown as Collecting).seen.length >= least, count, {
        timeout: 10_000,
      });
      return seen();
    },
  };
}

const opened = (count: number) => (events: TestHub['events']) =>
  events.filter(({ type }) => type === 'connection_opened').length === count;
const closed = (count: number) => (events: TestHub['events']) =>
  events.filter(({ type }) => type === 'connection_closed').length === count;

describe('the EventSource of a real browser', () => {
  // RT-PLAIN-10
  test('comes back to its place by itself, also if nothing had been published yet', async () => {
    const { hub, port, observed } = await serve();
    const proxy = await tcpProxy(() => port);
    cleanUps.push(proxy.close);
    const listener = await listen(proxy, 'channel=open:1');
    await within('the stream', observed(opened(1)));
    for (let cut = 1; cut <= 3; cut += 1) {
      proxy.cut();
      await within('the cut', observed(closed(cut)));
      await hub.channel('open:1').publish('said', `${cut} while away`);
      proxy.mend();
      await within('the way back', observed(opened(cut + 1)));
      await hub.channel('open:1').publish('said', `${cut} live`);
      await listener.until(2 * cut);
    }
    const data = (await listener.seen()).map((event) => JSON.parse(event.data) as string);
    expect(data).toEqual([1, 2, 3].flatMap((cut) => [`${cut} while away`, `${cut} live`]));
  });

  // RT-PLAIN-8
  test('is given nasty payloads to the letter', async () => {
    const { hub, port } = await serve();
    const proxy = await tcpProxy(() => port);
    cleanUps.push(proxy.close);
    const listener = await listen(proxy, 'channel=deep:1&after=start');
    for (const payload of nastyPayloads) await hub.channel('deep:1').publish('said', payload);
    const seen = await listener.until(nastyPayloads.length);
    expect(seen.map(({ data }) => JSON.parse(data) as unknown)).toEqual(nastyPayloads);
  });

  // RT-GAP-3
  test('goes on with the next server when one closes, and is told that its log is another', async () => {
    const servers = [await serve(), await serve()] as const;
    let at = 0;
    const proxy = await tcpProxy(() => servers[at === 0 ? 0 : 1].port);
    cleanUps.push(proxy.close);
    const listener = await listen(proxy, 'channel=open:1');
    await within('the stream', servers[0].observed(opened(1)));
    await servers[0].hub.channel('open:1').publish('said', 'old');
    await servers[1].hub.channel('open:1').publish('said', 'new');
    await listener.until(1);
    // While the first one closes it still answers, with a stream that ends: the browser must not give up on it.
    await servers[0].hub.close();
    await listener.until(3);
    at = 1;
    await within('the way back', servers[1].observed(opened(1)));
    const seen = await listener.until(5);
    const rest = seen.filter(({ type }) => type !== 'rt.bye');
    expect(rest.map(({ type }) => type)).toEqual(['said', 'rt.gap', 'said']);
    expect(JSON.parse(rest[1]?.data ?? '')).toMatchObject({ reason: 'epoch_changed', after: rest[0]?.id });
    expect(JSON.parse(rest[2]?.data ?? '')).toBe('new');
    expect(seen.filter(({ type }) => type === 'rt.bye').length).toBeGreaterThanOrEqual(2);
  });
});
