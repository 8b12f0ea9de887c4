import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { front } from '../client/transport-suite/front.ts';
import { launchChromium } from '../support/chromium.ts';
import { SharedPage } from './shared-page.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => browser.close());

async function offline(count: number, share: boolean, outbox = true) {
  const made = await front({ webSockets: true, streams: true });
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const tabs: SharedPage[] = [];
  for (let n = 0; n < count; n += 1) {
    const tab = new SharedPage(await context.newPage());
    tabs.push(tab);
    await tab.follow(made.origin, { share, outbox });
    await tab.reached('open');
  }
  made.proxy.cut();
  for (const tab of tabs) await tab.reached('waiting');
  const stored = async (): Promise<readonly number[]> => {
    const { publications } = await made.hub.channel('room:1').history({ last: 1000 });
    return publications.map(({ data }) => data as number);
  };
  return { ...made, tabs, stored };
}

const numbers = (from: number): readonly number[] => Array.from({ length: 20 }, (_, n) => from + n);

async function reload(tab: SharedPage, share: boolean): Promise<void> {
  await tab.page.reload();
  await tab.begin({ share, outbox: true });
}

describe.each([true, false])('an outbox in IndexedDB, with share: %s', (share) => {
  // RT-OUTBOX-1
  test('keeps over a reload what was published without a connection: stored once, and in order', async () => {
    const { proxy, tabs, stored } = await offline(1, share);
    const [tab] = tabs;
    if (tab === undefined) throw new Error('one tab was asked for');
    await tab.publish(numbers(100));
    await tab.kept(20);
    proxy.mend();
    await reload(tab, share);
    await tab.publish(numbers(200));
    await tab.stored();
    expect(await stored()).toEqual([...numbers(100), ...numbers(200)]);
    await tab.kept(0);
    await reload(tab, share);
    await tab.publish([999]);
    await tab.stored();
    expect(await stored()).toEqual([...numbers(100), ...numbers(200), 999]);
  });

  test('leaves to each tab what is its own, and to the others what is of a tab that is no more', async () => {
    const { proxy, tabs, stored, hub } = await offline(3, share);
    for (const [n, tab] of tabs.entries()) await tab.publish(numbers(n * 100));
    const [first, second, third] = tabs;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were asked for');
    await first.kept(60);
    await third.page.close();
    proxy.mend();
    await first.stored();
    await second.stored();
    // The third one's are sent by whoever has a connection first.
    await first.until(219);
    const log = await stored();
    for (const n of [0, 1, 2]) expect(log.filter((data) => Math.floor(data / 100) === n)).toEqual(numbers(n * 100));
    await hub.channel('room:1').publish('said', 999);
    for (const tab of [first, second]) expect(await tab.until(999)).toEqual([...log, 999]);
    await first.kept(0);
  });
});

// RT-OUTBOX-2
test('a page whose network has gone may publish for the first time: nothing has to be loaded for it', async () => {
  const { proxy, tabs, stored } = await offline(1, false, false);
  const [tab] = tabs;
  if (tab === undefined) throw new Error('one tab was asked for');
  await tab.publish(numbers(100));
  proxy.mend();
  await tab.stored();
  expect(await stored()).toEqual(numbers(100));
});
