import type { TcpProxy } from '@rt/testkit';
import { tcpProxy } from '@rt/testkit';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { builtApp } from '../docs/built-app.ts';
import { browserRig } from './rig.ts';

/** The chat of the tutorial, out of its page as a reader has it, in the browser that it speaks of. */

const rig = browserRig();
const { cleanUps } = rig;

interface Guest {
  readonly page: Page;
  readonly road: TcpProxy;
}

/** Somebody who comes in with a browser, and a road to the app, of their own. */
async function guest(port: number, name: string): Promise<Guest> {
  const road = await tcpProxy(() => port);
  cleanUps.push(road.close);
  const context = await rig.browser().newContext();
  cleanUps.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`http://127.0.0.1:${road.port}/`);
  await page.getByPlaceholder('Your name').fill(name);
  await page.getByRole('button', { name: 'Come in' }).click();
  await stands(page, /^connected$/);
  return { page, road };
}

async function say({ page }: Guest, text: string): Promise<void> {
  await page.getByPlaceholder('Message').fill(text);
  await page.getByRole('button', { name: 'Say' }).click();
}

const stands = (page: Page, how: RegExp): Promise<void> => page.locator('#status', { hasText: how }).waitFor();
const comes = ({ page }: Guest, text: string): Promise<void> => page.locator('.said', { hasText: text }).waitFor();
const said = ({ page }: Guest): Promise<string[]> => page.locator('.said').allTextContents();

// RT-FIRST-11
test('what the page shows is a chat: presence, typing, history, and a cut that loses nothing', async () => {
  const app = await builtApp('docs/start/chat.md', 'server.ts');
  cleanUps.push(() => app.close());
  const [ada, bob] = [await guest(app.port, 'Ada'), await guest(app.port, 'Bob')];
  for (const { page } of [ada, bob]) await page.locator('#people', { hasText: /Ada.*Bob|Bob.*Ada/ }).waitFor();

  await bob.page.getByPlaceholder('Message').pressSequentially('h');
  await ada.page.getByText('Bob is typing …').waitFor();
  await say(bob, 'hello');
  await comes(ada, 'Bob: hello');

  ada.road.cut();
  await stands(ada.page, /not connected/);
  await say(bob, 'are you there?');
  await say(ada, 'one moment');
  await ada.page.locator('.pending', { hasText: 'one moment' }).waitFor();
  await comes(bob, 'are you there?');
  ada.road.mend();
  for (const one of [ada, bob]) await comes(one, 'Ada: one moment');
  await comes(ada, 'Bob: are you there?');
  const all = ['Bob: hello', 'Bob: are you there?', 'Ada: one moment'];
  for (const one of [ada, bob]) expect(await said(one)).toEqual(all);
  expect(await ada.page.locator('.pending').count()).toBe(0);

  await bob.page.reload();
  await comes(bob, 'Ada: one moment');
  expect(await said(bob)).toEqual(all);
  await bob.page.getByRole('link', { name: 'Garden' }).click();
  await bob.page.locator('#people', { hasText: /^Bob$/ }).waitFor();
  expect(await said(bob)).toEqual([]);
  await ada.page.locator('#people', { hasText: /^Ada$/ }).waitFor();
});

// RT-FIRST-11
test('when the server is started again the page says why it may not read any more', async () => {
  const app = await builtApp('docs/start/chat.md', 'server.ts');
  cleanUps.push(() => app.close());
  const ada = await guest(app.port, 'Ada');
  await say(ada, 'hello');
  await comes(ada, 'hello');
  await app.restart();
  await stands(ada.page, /subscribe_denied/);
  await ada.page.reload();
  await ada.page.getByPlaceholder('Your name').waitFor();
});
