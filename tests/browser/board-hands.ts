import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Longer than anything here takes, also on a machine that is busy with something else. */
export const timeout = 20_000;

export const isLive = (page: Page): Promise<void> => page.locator('main[data-state="live"]').waitFor();
export const isAway = (page: Page): Promise<void> => page.locator('main:not([data-state="live"])').waitFor();
export const card = (page: Page, id: string): Locator => page.locator(`.cards [data-id="${id}"]`);
export const noteOf = (page: Page, id: string, text: string): Promise<void> =>
  card(page, id).locator('.card-note', { hasText: text }).waitFor();

type Columns = Readonly<Record<string, readonly string[]>>;

/** The cards of each column in their order. */
export const columns = (page: Page): Promise<Columns> =>
  page
    .locator('.cards')
    .evaluateAll((lists) =>
      Object.fromEntries(
        lists.map((list) => [
          (list as HTMLElement).dataset['column'],
          [...list.children].map((one) => (one as HTMLElement).dataset['id']),
        ]),
      ),
    ) as Promise<Columns>;

/** Waits until a column has just these cards. */
export const holds = (page: Page, column: string, ids: readonly string[]): Promise<void> =>
  expect.poll(async () => (await columns(page))[column], { timeout }).toEqual(ids);

/** Waits until a card is in a column, wherever. */
export const isIn = (page: Page, column: string, id: string): Promise<void> =>
  page.locator(`.cards[data-column="${column}"] [data-id="${id}"][data-state="settled"]`).waitFor();

/** Waits until both have the same board, with nothing on its way. */
export async function areEqual(one: Page, other: Page): Promise<void> {
  for (const page of [one, other]) await page.locator('[data-fact="waiting"]', { hasText: 'nothing' }).waitFor();
  await expect.poll(async () => [await columns(one)], { timeout }).toEqual([await columns(other)]);
}

/** The middle of what a selector names, once it has come to rest. */
export async function middle(page: Page, selector: string): Promise<readonly [number, number]> {
  const found = page.locator(selector);
  await found.evaluate((one) => Promise.allSettled(one.getAnimations().map(({ finished }) => finished)));
  const box = await found.boundingBox();
  if (box === null) throw new Error(`${selector} is not to be seen`);
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** Picks a card up with the mouse and holds it over something. */
export async function carry(page: Page, id: string, over: string): Promise<void> {
  await page.mouse.move(...(await middle(page, `[data-id="${id}"]`)));
  await page.mouse.down();
  await page.mouse.move(...(await middle(page, over)), { steps: 5 });
}

export async function drag(page: Page, id: string, column: string): Promise<void> {
  await carry(page, id, `.cards[data-column="${column}"]`);
  await page.mouse.up();
}

/** Moves a card one column to the right by the keyboard. */
export async function moveRight(page: Page, id: string): Promise<void> {
  await card(page, id).focus();
  for (const key of ['Space', 'ArrowRight', 'Space']) await page.keyboard.press(key);
}
