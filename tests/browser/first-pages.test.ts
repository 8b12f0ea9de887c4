import { expect, test } from 'vitest';
import { starts } from '../docs/start/apps.ts';
import { browserRig } from './rig.ts';

/** What a reader of the docs has at the end of the first page, in the browser that the page speaks of. */

const rig = browserRig();

// RT-DOCS-3
test.each(starts)('with %s two pages see what is said in one of them', async (_, start) => {
  const { port, close } = await start();
  rig.cleanUps.push(close);
  const context = await rig.browser().newContext();
  rig.cleanUps.push(() => context.close());
  const [one, two] = await Promise.all([context.newPage(), context.newPage()]);
  for (const page of [one, two]) await page.goto(`http://localhost:${port}/`);
  await one.fill('input', 'hello there');
  await one.click('button');
  await Promise.all([one, two].map((page) => page.getByText('hello there').waitFor()));
  await two.reload();
  await two.getByText('hello there').waitFor();
  expect(await two.locator('li').allTextContents()).toEqual(['hello there']);
});
