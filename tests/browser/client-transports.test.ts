import type { TransportName } from '@rt/client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { chromiumRunner } from '../client/transport-suite/chromium-runner.ts';
import type { Front } from '../client/transport-suite/front.ts';
import { front } from '../client/transport-suite/front.ts';
import { clientTransportSuite } from '../client/transport-suite/index.ts';
import { PageClient } from '../client/transport-suite/page-client.ts';
import { launchChromium } from '../support/chromium.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => browser.close());

clientTransportSuite('Chromium', (origin) => chromiumRunner(browser, origin));

const open = { webSockets: true, streams: true };
const transports: readonly TransportName[] = ['websocket', 'sse', 'long-poll'];

async function tab(): Promise<{ readonly client: PageClient }> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return { client: new PageClient(await context.newPage()) };
}

describe('a client in Chromium', () => {
  // RT-CLIENT-13
  test('steps around what is in its way, and remembers how for the next page of the tab', async () => {
    const { origin, hub, opened } = await front({ webSockets: false, streams: false });
    const { client } = await tab();
    await client.follow(origin, { transport: 'auto', speed: 8 });
    await hub.channel('room:1').publish('said', 1);
    expect(await client.until(1)).toEqual([1]);
    expect(opened).toEqual(['websocket', 'sse', 'long-poll']);
    expect((await client.states()).at(-1)).toEqual({ state: 'open', transport: 'long-poll' });
    expect(await client.stored()).toEqual(['long-poll']);
    await client.follow(origin, { transport: 'auto' });
    expect(await client.until(1)).toEqual([1]);
    expect(opened).toEqual(['websocket', 'sse', 'long-poll', 'long-poll']);
  });

  test('uses streams where only WebSockets are in trouble', async () => {
    const { origin, hub, opened } = await front({ webSockets: false, streams: true });
    const { client } = await tab();
    await client.follow(origin, { transport: 'auto' });
    await hub.channel('room:1').publish('said', 1);
    await client.until(1);
    expect([opened, await client.stored()]).toEqual([['websocket', 'sse'], ['sse']]);
  });

  test('steps around a proxy that keeps streams until their end', async () => {
    const { origin, hub, opened } = await front({ webSockets: true, streams: false });
    const { client } = await tab();
    await client.follow(origin, { transport: ['sse', 'long-poll'], speed: 8 });
    await hub.channel('room:1').publish('said', 1);
    await client.until(1);
    expect(opened).toEqual(['sse', 'long-poll']);
  });

  // RT-CLIENT-14
  test.each(transports)('over %s comes back as soon as there is a network again', async (transport) => {
    const { origin, hub, proxy } = await front(open);
    const { client } = await tab();
    // By itself it would wait for a minute.
    await client.follow(origin, { transport, waitMs: 60_000 });
    await client.reached('open');
    await hub.channel('room:1').publish('said', 1);
    await client.until(1);
    await client.page.context().setOffline(true);
    // A page that is slow is told nothing of what was over before it looked.
    await client.page.waitForFunction(() => !navigator.onLine);
    proxy.cut();
    await client.reached('waiting');
    await hub.channel('room:1').publish('said', 2);
    proxy.mend();
    await client.page.context().setOffline(false);
    expect(await client.until(2)).toEqual([1, 2]);
  });

  test.each(transports)('over %s goes on after the page was kept for going back', async (transport) => {
    const { origin, hub } = await front(open);
    const { client } = await tab();
    await client.follow(origin, { transport, waitMs: 60_000 });
    await hub.channel('room:1').publish('said', 1);
    await client.until(1);
    // The browser of these tests keeps no pages: it is told what it would be told.
    const said = (type: string): Promise<boolean> =>
      client.page.evaluate((name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type);
    await said('pagehide');
    await client.reached('waiting');
    for (let n = 2; n <= 20; n += 1) await hub.channel('room:1').publish('said', n);
    await said('pageshow');
    expect(await client.until(20)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });

  // RT-CLIENT-15
  test('whose timers come late does not give up a server that lives', async () => {
    const made = await front(open);
    const { origin, hub } = made;
    const tabs = await Promise.all(
      transports.map(async (transport) => {
        const { client } = await tab();
        await client.follow(origin, { transport, speed: 20, waitMs: 60_000, timersEveryMs: 700 });
        await client.reached('open');
        return client;
      }),
    );
    await talking(made);
    for (const client of tabs) expect(await client.givenUp()).toBe(0);
    await hub.channel('room:1').publish('said', 1);
    for (const client of tabs) expect(await client.until(1)).toEqual([1]);
  });

  test('that stood still for long finds its server again, which lives', async () => {
    const made = await front(open);
    const { origin, hub } = made;
    const tabs = await Promise.all(
      transports.map(async (transport) => {
        const { client } = await tab();
        await client.follow(origin, { transport, speed: 20, waitMs: 60_000 });
        await client.reached('open');
        return { client, goOn: await client.standStill() };
      }),
    );
    await hub.channel('room:1').publish('said', 1);
    await talking(made);
    for (const { goOn } of tabs) await goOn();
    for (const { client } of tabs) expect(await client.until(1)).toEqual([1]);
    for (const { client } of tabs) expect(await client.givenUp()).toBe(0);
  });
});

/** Somebody talks elsewhere for longer than any silence that these clients bear. */
async function talking({ origin, hub }: Front): Promise<void> {
  const { client } = await tab();
  await client.follow(origin, { transport: 'sse', room: '2' });
  const untilMs = performance.now() + 2500;
  for (let count = 1; performance.now() < untilMs; count += 1) {
    await hub.channel('room:2').publish('said', count);
    await client.until(count);
  }
}
