import { createTestHub } from '@rt/testkit';
import { expect } from 'vitest';
import { channels } from './channels.ts';

/** What the guides show of testing an app. */
export async function roomTest(): Promise<void> {
  const test = createTestHub({ channels }); // no network, no waiting: time passes when you say so
  const ada = test.client({ user: { id: 'ada' } });
  await ada.subscribe('room:1');
  test.cutNetwork();
  await test.hub.channel('room:1').publish('message', { text: 'hi' });
  await test.restoreNetwork();
  expect((await ada.next('message')).data).toEqual({ text: 'hi' }); // nothing was lost
}
