import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPages } from '../../tools/docs/pages.ts';
import type { DocsSite } from './docs-site.ts';
import { docsSite, pathOf } from './docs-site.ts';
import { browserRig } from './rig.ts';

const pages = readPages(fileURLToPath(new URL('../..', import.meta.url)))
  .filter(({ path }) => path.startsWith('docs/'))
  .map(({ path }) => pathOf(path));
const rig = browserRig();
let site!: DocsSite;

beforeAll(async () => {
  site = await docsSite();
}, 180_000);

afterAll(() => site.close());

/** A page of the site, and what went wrong on it. */
async function visit(path: string, width: number): Promise<{ readonly page: Page; readonly faults: string[] }> {
  const context = await rig.browser().newContext({ viewport: { width, height: 844 } });
  rig.cleanUps.push(() => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('requestfailed', (request) => faults.push(`failed: ${request.url()}`));
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(site.url)) faults.push(`leaves the machine: ${request.url()}`);
  });
  await page.goto(`${site.url}${path}`, { waitUntil: 'load' });
  return { page, faults };
}

// RT-DOCS-7
test.each(pages)('%s fits a phone', async (path) => {
  const { page, faults } = await visit(path, 390);
  await page.locator('h1').first().waitFor();
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { by: scrollWidth - clientWidth, title: document.title };
  });
  expect(wide).toMatchObject({ by: 0, title: expect.stringContaining('@rt') });
  expect(faults).toEqual([]);
});

// RT-DOCS-7
test('the search finds what a page says, without a mouse', async () => {
  const { page, faults } = await visit('/', 1280);
  await page.locator('.VPNavBarSearch button').waitFor();
  await page.keyboard.press('/');
  await page.locator('#localsearch-input').fill('epoch_changed');
  await page.locator('#localsearch-list .result').first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/reference|guides|decisions|internals/);
  await page.getByText('epoch_changed').first().waitFor();
  expect(faults).toEqual([]);
});

describe('the calculator', () => {
  const verdict = (page: Page): Promise<string> => page.locator('.verdict').innerText();
  const fact = (page: Page, name: string): Promise<string> =>
    page.locator('.facts > div', { hasText: name }).locator('dd').innerText();

  // RT-DOCS-6
  test('says what to take, and what it costs, as fields change', async () => {
    const { page, faults } = await visit('/guides/calculator', 390);
    expect(await verdict(page)).toBe('Take SSE');
    expect(await fact(page, 'Messages to clients')).toBe('2,000 a second');
    await page.getByLabel('Audience at a time').fill('20000');
    await expect.poll(() => fact(page, 'Open connections')).toBe('20,000');
    await page.getByLabel('May be seen late by').fill('10');
    await expect.poll(() => verdict(page)).toBe('Take Polling');
    expect(await fact(page, 'Open connections')).toBe('0');
    await page.getByLabel('Each client says something').fill('120');
    await expect.poll(() => verdict(page)).toBe('Take WebSocket');
    const prices = await page.locator('.bills td:last-child').allInnerTexts();
    expect(prices).toEqual([expect.stringMatching(/^\$[\d,]+$/), 'ask them', 'ask them']);
    expect(faults).toEqual([]);
  });

  // RT-DOCS-6
  test('takes nonsense for what it begins with, and is used without a mouse', async () => {
    const { page } = await visit('/guides/calculator', 1280);
    const audience = page.getByLabel('Audience at a time');
    await audience.fill('');
    expect(await fact(page, 'Open connections')).toBe('2,000');
    await audience.press('Tab');
    expect(await audience.inputValue()).toBe('2000');
    await page.getByRole('button', { name: 'Chat' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => audience.inputValue()).toBe('5000');
    expect(await page.getByRole('button', { name: 'Live prices' }).getAttribute('aria-pressed')).toBe('true');
  });
});
