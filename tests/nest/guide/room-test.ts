import { Test } from '@nestjs/testing';
import type { CreateHub } from '@rt/nest';
import { RT_CREATE_HUB } from '@rt/nest';
import type { TestHub } from '@rt/testkit';
import { createTestHub } from '@rt/testkit';
import type { EventsByPattern } from '@rt/core';
import { expect } from 'vitest';
import { AppModule } from './app-module.ts';

/** What the guide shows of testing an app. */
export async function roomTest(): Promise<void> {
  let rt!: TestHub<EventsByPattern>;
  const createHub: CreateHub = ({ channels }) => (rt = createTestHub<EventsByPattern>({ channels })).hub;
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(RT_CREATE_HUB)
    .useValue(createHub) // no network, no waiting: time passes when you say so
    .compile();
  await module.init();

  const ada = rt.client({ user: { id: 'ada' } });
  await ada.subscribe('room:1');
  await ada.send('room:1', 'say', { text: 'hi' });
  expect((await ada.next('message')).data).toEqual({ text: 'hi' });
  await expect(ada.subscribe('room:attic')).rejects.toThrow('refuses to be read');

  await rt.close();
  await module.close();
}
