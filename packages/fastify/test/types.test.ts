import { channel, createHub, defineChannels } from '@rt/core';
import Fastify from 'fastify';
import { expect, expectTypeOf, test } from 'vitest';
import type { RegisteredHub } from '@rt/fastify';
import byDefault, { realtime } from '@rt/fastify';

const anything = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const;
const room = channel({ events: { said: anything }, subscribe: 'anyone' });
const hub = createHub({ channels: defineChannels({ 'room:{id}': room }) });

declare module '@rt/fastify' {
  interface Register {
    hub: typeof hub;
  }
}

test('app.rt is the hub, with the types that were registered', async () => {
  const app = Fastify();
  await app.register(realtime, { hub, user: (request) => request.headers.authorization });
  expectTypeOf(app.rt).toEqualTypeOf<typeof hub>();
  expectTypeOf<RegisteredHub>().toEqualTypeOf<typeof hub>();
  expectTypeOf(app.rt.channel).toBeCallableWith('room:1');
  // @ts-expect-error -- no definition has this name
  expect(() => app.rt.channel('rom:1')).toThrow(/^channel_unknown/);
  expect(app.rt).toBe(hub);
  await app.close();
});

test('is found by its name and by default, as plugins of Fastify are', () => {
  expect(byDefault).toBe(realtime);
});

test('options are checked', async () => {
  const app = Fastify();
  // @ts-expect-error -- somebody has to say who asks
  await app.register(realtime, { hub });
  await app.close();
});
