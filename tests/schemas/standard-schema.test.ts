import { channel, createHub, defineChannels } from '@rt/core';
import * as v from 'valibot';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';

/** One hub with the same event described by two libraries. */
const channels = defineChannels({
  zod: channel({ events: { moved: z.object({ x: z.number(), by: z.string().default('nobody') }) } }),
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

  test('types what is published and what is read', () => {
    const handle = createHub({ channels }).channel(name);
    expectTypeOf(handle.publish).parameter(1).toEqualTypeOf<{ x: number; by?: string | undefined }>();
    type Item = Awaited<ReturnType<typeof handle.history>>['publications'][number];
    expectTypeOf<Item['data']>().toEqualTypeOf<{ x: number; by: string }>();
  });
});
