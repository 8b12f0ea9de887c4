import { gzipSync } from 'node:zlib';
import { createBoard } from '@rt/example-nest-board';
import type { TcpProxy } from '@rt/testkit';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  areEqual,
  card,
  carry,
  columns,
  drag,
  holds,
  isAway,
  isIn,
  isLive,
  middle,
  moveRight,
  noteOf,
  timeout,
} from './board-hands.ts';
import type { House } from './rig.ts';
import { browserRig, houseOf } from './rig.ts';

const rig = browserRig();
const { cleanUps } = rig;

const serve = (): Promise<House> =>
  houseOf(rig, async () => {
    const app = await createBoard();
    await app.listen(0, '127.0.0.1');
    return { port: (app.getHttpServer().address() as AddressInfo).port, close: () => app.close() };
  });

interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly road: TcpProxy;
  readonly problems: readonly string[];
}

async function open(house: House, options: BrowserContextOptions = {}): Promise<Person> {
  const road = await house.road();
  const context = await rig.browser().newContext({ viewport: { width: 1280, height: 900 }, ...options });
  cleanUps.push(() => context.close());
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
  await isLive(page);
  await page.locator('.card').nth(10).waitFor();
  return { page, context, road, problems };
}

/** Two who see each other. Mira is the first, Jonas the second. */
async function two(): Promise<{ readonly house: House; readonly mira: Person; readonly jonas: Person }> {
  const house = await serve();
  const mira = await open(house);
  const jonas = await open(house);
  for (const { page } of [mira, jonas]) await page.locator('main[data-here="2"]').waitFor();
  return { house, mira, jonas };
}

describe('the board in real browsers', () => {
  test('weighs less than 60 kB, and fits a phone without scrolling sideways', async () => {
    const house = await serve();
    const road = await house.road();
    const page = await rig.browser().newPage({ viewport: { width: 390, height: 844 } });
    cleanUps.push(() => page.close());
    const bodies: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      // What the page is made of, and not what it asks for then.
      if (!/^\/(?:rt|me)$/.test(new URL(response.url()).pathname)) bodies.push(response.body());
    });
    await page.goto(`http://127.0.0.1:${road.port}/`, { waitUntil: 'load' });
    await isLive(page);
    const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(bodies.length).toBeGreaterThan(3);
    expect(bytes).toBeLessThan(60_000);
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(sideways).toBe(false);
  });

  test('a card that one drags is seen in the hand, and then where it was put, by the other', async () => {
    const { mira, jonas } = await two();
    await carry(mira.page, 'LF-214', '[data-id="LF-211"]');
    await card(jonas.page, 'LF-214').getByText('Mira is moving it').waitFor();
    await holds(jonas.page, 'review', ['LF-217', 'LF-211']);
    await mira.page.mouse.up();
    await isIn(jonas.page, 'review', 'LF-214');
    await jonas.page.getByText('moved LF-214 to In review').waitFor();
    await card(jonas.page, 'LF-214').getByText('is moving it').waitFor({ state: 'hidden' });
    await card(jonas.page, 'LF-214')
      .getByText(/^Mira, /)
      .waitFor();
    await areEqual(mira.page, jonas.page);
    expect([...mira.problems, ...jonas.problems]).toEqual([]);
  });

  test('a drag that is given up leaves the card where it was', async () => {
    const { mira, jonas } = await two();
    const before = await columns(mira.page);
    await carry(mira.page, 'LF-214', '.cards[data-column="done"]');
    await card(jonas.page, 'LF-214').getByText('Mira is moving it').waitFor();
    await mira.page.keyboard.press('Escape');
    await card(jonas.page, 'LF-214').getByText('Mira is moving it').waitFor({ state: 'hidden' });
    expect(await columns(mira.page)).toEqual(before);
    await areEqual(mira.page, jonas.page);
  });

  test('cards are moved by the keyboard, which stays on them and says where they are', async () => {
    const { mira, jonas } = await two();
    await card(mira.page, 'LF-231').focus();
    await mira.page.keyboard.press('ArrowDown');
    await mira.page.keyboard.press('Space');
    await mira.page.getByText('LF-228 is in your hand').waitFor({ state: 'attached' });
    await mira.page.keyboard.press('ArrowRight');
    await mira.page.keyboard.press('ArrowUp');
    await mira.page.getByText('In progress, 1 of 4').waitFor({ state: 'attached' });
    await mira.page.keyboard.press('Space');
    await holds(jonas.page, 'doing', ['LF-228', 'LF-214', 'LF-222', 'LF-230']);
    expect(await mira.page.evaluate(() => (document.activeElement as HTMLElement).dataset['id'])).toBe('LF-228');
    await mira.page.keyboard.press('Space');
    await mira.page.keyboard.press('ArrowRight');
    await mira.page.keyboard.press('Escape');
    await holds(mira.page, 'doing', ['LF-228', 'LF-214', 'LF-222', 'LF-230']);
    // A press elsewhere lets go of it as well.
    await mira.page.keyboard.press('Space');
    await mira.page.keyboard.press('ArrowRight');
    await holds(mira.page, 'review', ['LF-228', 'LF-217', 'LF-211']);
    await mira.page.getByRole('heading', { name: 'Done' }).click();
    await holds(mira.page, 'doing', ['LF-228', 'LF-214', 'LF-222', 'LF-230']);
    await areEqual(mira.page, jonas.page);
  });

  test('a pointer is seen by the other under its name, over the same column of another screen', async () => {
    const house = await serve();
    const mira = await open(house);
    const jonas = await open(house, { viewport: { width: 1600, height: 900 } });
    await mira.page.locator('main[data-here="2"]').waitFor();
    await mira.page.mouse.move(...(await middle(mira.page, '[data-id="LF-217"]')), { steps: 3 });
    const pointer = jonas.page.locator('.pointer[data-name="Mira"]');
    await pointer.waitFor();
    const [x] = await middle(jonas.page, '[data-id="LF-217"]');
    await expect
      .poll(async () => Math.round(((await pointer.boundingBox())?.x ?? 0) / 8), { timeout })
      .toBe(Math.round(x / 8));
    expect(await mira.page.locator('.pointer').count()).toBe(0);
    await mira.page.goto('about:blank');
    await pointer.waitFor({ state: 'detached' });
    await jonas.page.getByText('only you').waitFor();
  });

  test('of two who move one card the second sees what the first has done, and both boards are equal', async () => {
    const { mira, jonas } = await two();
    await card(mira.page, 'LF-222').focus();
    await mira.page.keyboard.press('Space');
    await mira.page.keyboard.press('ArrowRight');
    await card(jonas.page, 'LF-222').getByText('Mira is moving it').waitFor();
    await drag(jonas.page, 'LF-222', 'done');
    await isIn(jonas.page, 'done', 'LF-222');
    await mira.page.getByText('moved LF-222 to Done').waitFor();
    await mira.page.keyboard.press('Space');
    await noteOf(mira.page, 'LF-222', 'Jonas moved it to Done first.');
    await isIn(mira.page, 'done', 'LF-222');
    expect(await mira.page.locator('main').getAttribute('data-conflicts')).toBe('1');
    expect(await jonas.page.locator('main').getAttribute('data-conflicts')).toBe('0');
    await areEqual(mira.page, jonas.page);
    // What was seen since may be moved on.
    await drag(mira.page, 'LF-222', 'next');
    await isIn(jonas.page, 'next', 'LF-222');
    await areEqual(mira.page, jonas.page);
  });

  test('one who was cut comes back to all that was moved; own moves are made then, unless somebody was faster', async () => {
    const { mira, jonas } = await two();
    mira.road.cut();
    await isAway(mira.page);
    await moveRight(mira.page, 'LF-231');
    await moveRight(mira.page, 'LF-217');
    await expect.poll(() => mira.page.getByText('waits for the connection').count(), { timeout }).toBe(2);
    for (const [id, column] of [
      ['LF-217', 'next'],
      ['LF-230', 'review'],
      ['LF-230', 'done'],
    ] as const) {
      await drag(jonas.page, id, column);
      await isIn(jonas.page, column, id);
    }
    mira.road.mend();
    await mira.page.getByText('caught up 3 missed').waitFor();
    await isIn(mira.page, 'done', 'LF-230');
    await noteOf(mira.page, 'LF-217', 'Jonas moved it to Next first.');
    await isIn(jonas.page, 'doing', 'LF-231');
    await areEqual(mira.page, jonas.page);
    expect(await mira.page.locator('#activity .missed').count()).toBe(3);
    expect([...mira.problems, ...jonas.problems]).toEqual([]);
  });

  test('the button cuts the connection, and brings it back', async () => {
    const { mira, jonas } = await two();
    await mira.page.getByRole('button', { name: 'Cut the connection' }).click();
    await mira.page.getByText(/^cut, reconnecting in \d s$/).waitFor();
    await drag(jonas.page, 'LF-205', 'done');
    await isIn(jonas.page, 'done', 'LF-205');
    await mira.page.getByRole('button', { name: 'Reconnect now' }).click();
    await isIn(mira.page, 'done', 'LF-205');
    await areEqual(mira.page, jonas.page);
  });

  test('who reads along is refused with the reason of the guard, until the same connection may edit again', async () => {
    const { mira, jonas } = await two();
    const before = await columns(jonas.page);
    await mira.page.getByLabel('What you may do').selectOption('reads along');
    await mira.page.locator('main[data-reads-only="true"]').waitFor();
    await drag(mira.page, 'LF-219', 'done');
    await noteOf(mira.page, 'LF-219', 'Not moved. You are reading along. Whoever may edit can move cards.');
    await mira.page.getByRole('button', { name: 'Add a card' }).first().click();
    await mira.page.getByLabel('Title of the new card in Next').fill('A card of somebody who only reads');
    await mira.page.keyboard.press('Enter');
    await mira.page.getByText('Not added. You are reading along.').waitFor();
    for (const { page } of [mira, jonas]) expect(await columns(page)).toEqual(before);
    await mira.page.getByLabel('What you may do').selectOption('may edit');
    await mira.page.locator('main[data-reads-only="false"]').waitFor();
    await drag(mira.page, 'LF-219', 'done');
    await isIn(jonas.page, 'done', 'LF-219');
    await areEqual(mira.page, jonas.page);
  });

  test('who has not even a cookie may read, and nothing else', async () => {
    const { page } = await open(await serve());
    const ask = (frame: object): Promise<string> =>
      page.evaluate(async (body) => {
        const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
        return (await fetch('/rt', { ...request, credentials: 'omit' })).text();
      }, JSON.stringify(frame));
    const frame = { type: 'send', id: 1, channel: 'board:spring', event: 'put', data: {} };
    expect(await ask(frame)).toMatch(/send_denied/);
    expect(await ask({ ...frame, type: 'publish', event: 'card' })).toMatch(/publish_denied/);
    expect(await ask({ type: 'history', id: 1, channel: 'board:spring', limit: 2 })).toMatch(/"publications":\[\{/);
    expect(await ask({ type: 'history', id: 1, channel: 'board:autumn', limit: 2 })).toMatch(/subscribe_denied/);
  });

  test('a change that is sent again, since its answer was lost, is made once and told once', async () => {
    const { mira, jonas } = await two();
    const answers = await mira.page.evaluate(async () => {
      const seen = document.querySelector('main')?.dataset['position'];
      const card = { id: 'LF-205', code: 'LF-205', title: 'Bicycles', area: 'Tickets', column: 'done', rank: 99 };
      const data = { key: 'once', seen, card };
      const frame = { type: 'send', id: 1, channel: 'board:spring', event: 'put', data };
      const headers = { 'content-type': 'application/json' };
      const ask = async () => (await fetch('/rt', { method: 'POST', headers, body: JSON.stringify(frame) })).text();
      return [await ask(), await ask()];
    });
    expect(answers[0]).toMatch(/"type":"made"/);
    expect(answers[1]).toBe(answers[0]);
    await isIn(jonas.page, 'done', 'LF-205');
    await moveRight(mira.page, 'LF-231');
    await jonas.page.getByText('moved LF-231 to In progress').waitFor();
    expect(await jonas.page.getByText('moved LF-205').count()).toBe(1);
  });

  test('a finger carries a card by its grip to a column that was out of sight', async () => {
    const house = await serve();
    const { page, context } = await open(house, { viewport: { width: 390, height: 844 }, hasTouch: true });
    const { page: other } = await open(house);
    const touch = await context.newCDPSession(page);
    const at = async (type: 'touchStart' | 'touchMove', x: number, y: number): Promise<void> => {
      await touch.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x, y }] });
    };
    const [x, y] = await middle(page, '[data-id="LF-228"] .grip');
    await at('touchStart', x, y);
    await at('touchMove', x - 20, y);
    await at('touchMove', 380, y);
    // The board goes on by itself as long as the finger is at its edge.
    await page.locator('.cards[data-column="done"] [data-id="LF-228"]').waitFor();
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await isIn(other, 'done', 'LF-228');
    await areEqual(page, other);
  });

  test('two who add a card at the same time get a number each', async () => {
    const { mira, jonas } = await two();
    mira.road.cut();
    await isAway(mira.page);
    const titles = [
      [mira.page, 'Dogs travel free in winter'],
      [jonas.page, 'Print the fare zones larger'],
    ] as const;
    for (const [page, title] of titles) {
      await page.getByRole('button', { name: 'Add a card' }).first().click();
      await page.getByLabel('Title of the new card in Next').fill(title);
      await page.getByLabel('Title of the new card in Next').press('Enter');
    }
    await isIn(jonas.page, 'next', 'LF-232');
    mira.road.mend();
    await isIn(jonas.page, 'next', 'LF-233');
    await card(mira.page, 'LF-232').getByText('Print the fare zones larger').waitFor();
    await card(jonas.page, 'LF-233').getByText('Dogs travel free in winter').waitFor();
    await areEqual(mira.page, jonas.page);
  });

  test('a server that was started anew begins a new board, and the page says so', async () => {
    const { house, mira, jonas } = await two();
    await drag(mira.page, 'LF-214', 'done');
    await isIn(jonas.page, 'done', 'LF-214');
    await house.restart();
    await jonas.page.getByText('gap: epoch_changed').waitFor();
    await isIn(jonas.page, 'doing', 'LF-214');
    await isLive(mira.page);
    await drag(mira.page, 'LF-214', 'review');
    await isIn(jonas.page, 'review', 'LF-214');
    await areEqual(mira.page, jonas.page);
    expect([...mira.problems, ...jonas.problems]).toEqual([]);
  });
});
