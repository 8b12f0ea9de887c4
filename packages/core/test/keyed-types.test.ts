import { describe, expect, expectTypeOf, test } from 'vitest';
import type { Keyed, KeyedOptions } from '@rt/core';
import { channel, createHub, defineChannels, keyed } from '@rt/core';
import { z } from 'zod';

const card = z.object({ id: z.number().default(0), title: z.string() });

const channels = defineChannels({
  'board:{id}': channel({
    events: {
      moved: keyed(card, {
        by: (data) => {
          expectTypeOf(data).toEqualTypeOf<{ id: number; title: string }>();
          return `card ${data.id}`;
        },
      }),
      removed: keyed(z.object({ id: z.number() }), { by: ({ id }) => `card ${id}`, removes: true }),
    },
    keep: { newestPer: 'key' },
    slow: 'conflate',
    everyMs: 50,
  }),
});

describe('keyed events, as the app’s code sees them', () => {
  test('data is what the schema takes and makes', async () => {
    const hub = createHub({ channels });
    const board = hub.channel('board:1');
    expectTypeOf<Parameters<typeof board.publish<'moved'>>[1]>().toEqualTypeOf<{
      id?: number | undefined;
      title: string;
    }>();
    await board.publish('moved', { title: 'one' });
    await board.publish('moved', { id: 1, title: 'two' });
    await board.publish('moved', { title: 'three' });
    await board.publish('removed', { id: 1 });
    const { publications } = await board.history({ from: 'start' });
    type Moved = Extract<(typeof publications)[number], { event: 'moved' }>;
    expectTypeOf<Moved['data']>().toEqualTypeOf<{ id: number; title: string }>();
    // The key is made of what the schema has made: it knows of the default.
    expect(publications.map(({ data }) => data)).toEqual([{ id: 0, title: 'three' }, { id: 1 }]);
    // @ts-expect-error -- not what the schema takes
    await expect(board.publish('removed', { id: '1' })).rejects.toMatchObject({ code: 'event_invalid' });
    await hub.close();
  });

  test('by is given the data, and has to make a text', () => {
    expectTypeOf(keyed(card, { by: () => '' })).toEqualTypeOf<
      Keyed<{ id?: number | undefined; title: string }, { id: number; title: string }>
    >();
    expectTypeOf<KeyedOptions<{ id: number }>['by']>().toEqualTypeOf<(data: { id: number }) => string>();
    // @ts-expect-error -- a number is no key
    expect(keyed(card, { by: ({ id }) => id }).keyed.removes).toBe(false);
    // @ts-expect-error -- the data has no such field
    expect(keyed(card, { by: ({ name }) => name }).keyed.removes).toBe(false);
    // @ts-expect-error -- what it is about has to be said
    expect(keyed(card, {}).keyed.removes).toBe(false);
  });
});
