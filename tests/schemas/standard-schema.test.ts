import { channel, createHub, defineChannels, ephemeral } from '@rt/core';
import * as v from 'valibot';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';

/** One hub with the same event described by two libraries. */
const channels = defineChannels({
  zod: channel({
    events: {
      moved: z.object({ x: z.number(), by: z.string().default('nobody') }),
      typing: ephemeral(z.object({ who: z.string() }), { by: ({ who }) => who }),
    },
  }),
  valibot: channel({ events: { moved: v.object({ x: v.number(), by: v.optional(v.string(), 'nobody') }) } }),
});

describe.each(['zod', 'valibot'] as const)('a schema of %s', (name) => {
  test('checks what is published, and fills in its defaults', async () => {
    const hub = createHub({ channels });
    const handle = hub.channel(name);
    await handle.publish('moved', { x: 1 });
    await expect(handle.publish('moved', { x: 'far' } as never)).rejects.toThrow(/^event_invalid: .* on "\w+" .*: x: /);
    const { publications } = await handle.history();
    expect(publications.map(({ data }) => data)).toEqual([{ x: 1, by: 'nobody' }]);
    await hub.close();
  });

  test('types what is read', () => {
    const handle = createHub({ channels }).channel(name);
    type Item = Awaited<ReturnType<typeof handle.history>>['publications'][number];
    expectTypeOf<Item['data']>().toEqualTypeOf<{ x: number; by: string }>();
  });
});

test('types what is published, and what that resolves to', () => {
  const hub = createHub({ channels });
  const position = (): Promise<string> => hub.channel('zod').publish('moved', { x: 1, by: 'ada' });
  const other = (): Promise<string> => hub.channel('valibot').publish('moved', { x: 1 });
  const none = (): Promise<null> => hub.channel('zod').publish('typing', { who: 'ada' });
  // @ts-expect-error x is a number
  const wrong = (): Promise<unknown> => hub.channel('valibot').publish('moved', { x: 'far' });
  // @ts-expect-error there is no such event
  const unknown = (): Promise<unknown> => hub.channel('zod').publish('sang', {});
  expect([other, wrong, unknown]).toHaveLength(3);
  expectTypeOf(position).returns.resolves.toBeString();
  expectTypeOf(none).returns.resolves.toBeNull();
});
