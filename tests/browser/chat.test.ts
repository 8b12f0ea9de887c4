import { gzipSync } from 'node:zlib';
import { createChat } from '@rt/example-fastify-chat';
import type { TcpProxy } from '@rt/testkit';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { House } from './rig.ts';
import { browserRig, houseOf } from './rig.ts';

const rig = browserRig();
const { cleanUps } = rig;

/** Longer than anything here takes, also on a machine that is busy with something else. */
const timeout = 20_000;

const serve = (): Promise<House> =>
  houseOf(rig, async () => {
    const { app } = await createChat();
    await app.listen({ port: 0, host: '127.0.0.1' });
    return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
  });

interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly road: TcpProxy;
  readonly problems: readonly string[];
}

async function visit(house: House, options: BrowserContextOptions = {}): Promise<Visitor> {
  const road = await house.road();
  const context = await rig.browser().newContext({ viewport: { width: 1280, height: 800 }, ...options });
  cleanUps.push(() => context.close());
  return { ...(await open(context, road)), context, road };
}

async function open(context: BrowserContext, road: TcpProxy): Promise<Pick<Visitor, 'page' | 'problems'>> {
  const page = await context.newPage();
  page.setDefaultTimeout(timeout);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).host !== `127.0.0.1:${road.port}`) problems.push(`request to ${request.url()}`);
  });
  await page.goto(`http://127.0.0.1:${road.port}/`);
  return { page, problems };
}

async function join(house: House, name: string): Promise<Visitor> {
  const visitor = await visit(house);
  await pickName(visitor.page, name);
  return visitor;
}

async function pickName(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByLabel(/^Write to/).waitFor();
  await isLive(page);
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel(/^Write to/).fill(text);
  await page.getByLabel(/^Write to/).press('Enter');
}

async function enter(page: Page, room: string): Promise<void> {
  await page.getByRole('link', { name: new RegExp(`^${room}`) }).click();
  await page.getByLabel(`Write to ${room}`).waitFor();
}

/** How many publications the browser would keep over a reload. */
const kept = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const settled = <Result>(request: IDBRequest<Result>): Promise<Result> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('IndexedDB has failed'));
      });
    let count = 0;
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name));
      count += await settled(database.transaction('rows').objectStore('rows').count());
      database.close();
    }
    return count;
  });

const isLive = (page: Page): Promise<void> => page.locator('main[data-state="live"]').waitFor();
const isAway = (page: Page): Promise<void> => page.locator('main:not([data-state="live"])').waitFor();
/** What is stored, in its order. */
const settled = (page: Page): Promise<string[]> => page.locator('.message:not(.pending) .text').allTextContents();
const onItsWay = (page: Page): Promise<string[]> => page.locator('.message.pending .text').allTextContents();
const people = (page: Page): Promise<string[]> => page.locator('#people .person').allTextContents();
const talks = (page: Page, text: string): Promise<void> =>
  page.locator('.message:not(.pending) .text', { hasText: text }).waitFor();

describe('the chat in a real browser', () => {
  test('weighs less than 60 kB, and fits a phone without scrolling sideways', async () => {
    const house = await serve();
    const road = await house.road();
    const page = await rig.browser().newPage({ viewport: { width: 390, height: 844 } });
    cleanUps.push(() => page.close());
    const bodies: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'fetch') bodies.push(response.body());
    });
    await page.goto(`http://127.0.0.1:${road.port}/`, { waitUntil: 'load' });
    await isLive(page);
    const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(bodies.length).toBeGreaterThan(3);
    expect(bytes).toBeLessThan(60_000);
    await pickName(page, 'Ada');
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(sideways).toBe(false);
  });

  test('two talk: each sees the other come, type and go', async () => {
    const house = await serve();
    const ada = await join(house, 'Ada');
    const ben = await join(house, 'Ben');
    await expect.poll(() => people(ada.page), { timeout }).toEqual(['AAdayou', 'BBen']);
    await ben.page.getByLabel('Write to Workshop').pressSequentially('Is there coffee?');
    await ada.page.getByText('Ben is typing').waitFor();
    await ben.page.getByLabel('Write to Workshop').press('Enter');
    await talks(ada.page, 'Is there coffee?');
    await ada.page.getByText('Ben is typing').waitFor({ state: 'detached' });
    await say(ada.page, 'Next to the window.');
    await talks(ben.page, 'Next to the window.');
    expect((await settled(ben.page)).slice(-2)).toEqual(['Is there coffee?', 'Next to the window.']);
    expect(await settled(ada.page)).toEqual(await settled(ben.page));
    // A second tab is the same person.
    const second = await open(ben.context, ben.road);
    await expect.poll(() => people(ada.page), { timeout }).toEqual(['AAdayou', 'BBen2 tabs']);
    await second.page.close();
    await expect.poll(() => people(ada.page), { timeout }).toEqual(['AAdayou', 'BBen']);
    await ben.page.goto('about:blank');
    await expect.poll(() => people(ada.page), { timeout }).toEqual(['AAdayou']);
    expect([...ada.problems, ...ben.problems, ...second.problems]).toEqual([]);
  });

  test('one who was cut comes back to everything, once and in order, and what was written offline is there once', async () => {
    const house = await serve();
    const ada = await join(house, 'Ada');
    const ben = await join(house, 'Ben');
    await say(ben.page, 'before');
    await talks(ada.page, 'before');
    ada.road.cut();
    await isAway(ada.page);
    await say(ada.page, 'written offline, one');
    await say(ada.page, 'written offline, two');
    expect(await onItsWay(ada.page)).toEqual(['written offline, one', 'written offline, two']);
    await ada.page.getByText('waits for the connection').first().waitFor();
    const missed = Array.from({ length: 14 }, (_, index) => `missed ${index}`);
    for (const text of missed) await say(ben.page, text);
    await expect.poll(() => onItsWay(ben.page), { timeout }).toEqual([]);
    ada.road.mend();
    await talks(ada.page, 'written offline, two');
    await ada.page.getByText('caught up 14 missed').waitFor();
    await ada.page.getByText('14 missed while there was no connection').waitFor();
    const whole = ['before', ...missed, 'written offline, one', 'written offline, two'];
    for (const { page } of [ada, ben]) {
      await expect.poll(async () => (await settled(page)).slice(-whole.length), { timeout }).toEqual(whole);
      expect(await onItsWay(page)).toEqual([]);
    }
    await say(ben.page, 'and on');
    await talks(ada.page, 'and on');
    expect([...ada.problems, ...ben.problems]).toEqual([]);
  });

  test('the button cuts the connection, and brings it back', async () => {
    const house = await serve();
    const { page } = await join(house, 'Ada');
    await page.getByRole('button', { name: 'Cut the connection' }).click();
    await page.getByText(/^cut, reconnecting in \d s$/).waitFor();
    await say(page, 'kept meanwhile');
    expect(await onItsWay(page)).toEqual(['kept meanwhile']);
    await page.getByRole('button', { name: 'Reconnect now' }).click();
    await isLive(page);
    await talks(page, 'kept meanwhile');
    expect((await settled(page)).filter((text) => text === 'kept meanwhile')).toHaveLength(1);
  });

  test('what is refused stays with its reason, for its writer alone, until it is edited or dismissed', async () => {
    const house = await serve();
    const ada = await join(house, 'Ada');
    const ben = await join(house, 'Ben');
    await say(ada.page, 'A giveaway for everybody');
    await ada.page.getByText('Not sent: “giveaway” is muted here.').waitFor();
    await ada.page.getByRole('button', { name: 'Try again' }).click();
    await ada.page.getByText('Not sent: “giveaway” is muted here.').waitFor();
    await ada.page.getByRole('button', { name: 'Edit' }).click();
    await expect.poll(() => ada.page.getByLabel('Write to Workshop').inputValue()).toBe('A giveaway for everybody');
    expect(await onItsWay(ada.page)).toEqual([]);
    await say(ada.page, 'x'.repeat(501));
    await ada.page.getByText('Not sent: it has more than 500 characters.').waitFor();
    await ada.page.getByRole('button', { name: 'Dismiss' }).click();
    await expect.poll(() => onItsWay(ada.page), { timeout }).toEqual([]);
    await say(ada.page, 'A bell for everybody');
    await talks(ben.page, 'A bell for everybody');
    const [before, last] = (await settled(ben.page)).slice(-2);
    expect([before, last]).toEqual([(await settled(ada.page)).at(-2), 'A bell for everybody']);
    expect(before).toMatch(/front bag/);
  });

  test('begins with the newest fifty, and has the older ones for whoever scrolls', async () => {
    const house = await serve();
    const { page, problems } = await join(house, 'Ada');
    expect(await settled(page)).toHaveLength(50);
    await page.locator('#log').evaluate((log) => {
      log.scrollTop = 0;
    });
    await page.getByText('This is where what is kept begins').waitFor({ state: 'attached' });
    await page.getByText('Opening at three today.').waitFor({ state: 'attached' });
    const all = await settled(page);
    expect(all.length).toBeGreaterThan(50);
    expect(new Set(all).size).toBe(all.length);
    // Those that came in above have not moved the reader.
    expect(await page.locator('#log').evaluate((log) => log.scrollTop)).toBeGreaterThan(100);
    expect(problems).toEqual([]);
  });

  test('counts what was not read in other rooms, and says where it begins', async () => {
    const house = await serve();
    const ada = await join(house, 'Ada');
    const ben = await join(house, 'Ben');
    const rides = ada.page.getByRole('link', { name: /^Rides/ });
    await rides.click();
    await ada.page.getByText('Nobody has written here yet.').waitFor();
    await enter(ada.page, 'Workshop');
    await enter(ben.page, 'Rides');
    await say(ben.page, 'Sunday, along the canal');
    await say(ben.page, 'Start at nine');
    await expect.poll(() => rides.textContent(), { timeout }).toBe('Rides2');
    await expect.poll(() => ada.page.title(), { timeout }).toMatch(/^\(\d+\) Workshop/);
    await rides.click();
    await talks(ada.page, 'Start at nine');
    await expect.poll(() => rides.textContent(), { timeout }).toBe('Rides');
    expect(await settled(ada.page)).toEqual(['Sunday, along the canal', 'Start at nine']);
  });

  test('a room that is not open to somebody says so, and is open to a key holder', async () => {
    const house = await serve();
    const { page } = await visit(house);
    await page.getByRole('link', { name: /^Keys/ }).click();
    await page.getByText('This room is for key holders.').waitFor();
    expect(await settled(page)).toEqual([]);
    await page.getByLabel('I hold a key').check();
    await pickName(page, 'Mara');
    await talks(page, 'The back door sticks when it rains.');
  });

  test('nobody writes under the name of somebody else', async () => {
    const house = await serve();
    const ada = await join(house, 'Ada');
    const answer = await ada.page.evaluate(async () => {
      const { me } = (await (await fetch('/me')).json()) as { me: { id: string } };
      const frame = { type: 'publish', id: 1, channel: 'room:workshop', event: 'message' };
      const response = await fetch('/rt', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...frame, data: { text: 'It was not me', by: { ...me, name: 'Mara' } } }),
      });
      return response.text();
    });
    expect(answer).toMatch(/publish_denied/);
  });

  test('a page that is loaded again goes on as the same person, in the same room, with what was not sent yet', async () => {
    const house = await serve();
    const ada = await join(house, 'Ada');
    const ben = await join(house, 'Ben');
    await enter(ada.page, 'Parts');
    await say(ada.page, 'Counting the chains');
    await talks(ada.page, 'Counting the chains');
    await ada.page.getByLabel('Write to Parts').fill('a draft');
    await ada.page.goto('about:blank');
    await enter(ben.page, 'Parts');
    await say(ben.page, 'Written meanwhile');
    await talks(ben.page, 'Written meanwhile');
    await ada.page.goBack();
    await talks(ada.page, 'Written meanwhile');
    await ada.page.getByText('Writing as Ada').waitFor();
    await ada.page.locator('.line.new').waitFor();
    expect((await settled(ada.page)).slice(-2)).toEqual(['Counting the chains', 'Written meanwhile']);
    expect(await ada.page.getByLabel('Write to Parts').inputValue()).toBe('a draft');
    await expect.poll(() => people(ben.page), { timeout }).toEqual(['BBenyou', 'AAda']);
  });

  test('who leaves in one tab has left in the other, and reads along there', async () => {
    const house = await serve();
    const ada = await join(house, 'Ada');
    const ben = await join(house, 'Ben');
    const second = await open(ada.context, ada.road);
    await expect.poll(() => people(ben.page), { timeout }).toEqual(['BBenyou', 'AAda2 tabs']);
    await second.page.getByRole('button', { name: 'Leave' }).click();
    await second.page.getByText('You are reading along.').waitFor();
    await ada.page.getByText('The server does not know you any more.').waitFor();
    await expect.poll(() => people(ben.page), { timeout }).toEqual(['BBenyou']);
    await say(ben.page, 'Whoever reads along reads this');
    for (const page of [ada.page, second.page]) await talks(page, 'Whoever reads along reads this');
    expect([...ada.problems, ...second.problems]).toEqual([]);
  });

  test('what was written offline survives a reload, and is sent once', async () => {
    const house = await serve();
    const { page } = await join(house, 'Ada');
    await page.getByRole('button', { name: 'Cut the connection' }).click();
    await isAway(page);
    await say(page, 'before the reload');
    await expect.poll(() => kept(page), { timeout }).toBe(1);
    await page.reload();
    await talks(page, 'before the reload');
    expect((await settled(page)).filter((text) => text === 'before the reload')).toHaveLength(1);
  });

  test('a server that was started anew asks for the name again, and shows its new log alone', async () => {
    const house = await serve();
    const { page, problems } = await join(house, 'Ada');
    await say(page, 'in the old log');
    await talks(page, 'in the old log');
    await house.restart();
    await page.getByText('The server does not know you any more.').waitFor();
    await page.getByText('Some messages are missing: the server began a new log').waitFor({ state: 'attached' });
    expect(await page.getByLabel('Your name').inputValue()).toBe('Ada');
    await page.getByRole('button', { name: 'Join' }).click();
    await say(page, 'in the new log');
    await talks(page, 'in the new log');
    const texts = await settled(page);
    expect(texts).not.toContain('in the old log');
    expect(new Set(texts).size).toBe(texts.length);
    expect(problems).toEqual([]);
  });
});
