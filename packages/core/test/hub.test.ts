import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { Broker, ChannelHandle } from '@rt/core';
import { channel, createHub, defineChannels, memoryBroker } from '@rt/core';
import { z } from 'zod';

const channels = defineChannels({
  'order:{orderId}': channel({
    events: { status: z.object({ status: z.enum(['packed', 'shipped']) }), note: z.string().trim().default('none') },
    keep: { count: 3 },
    subscribe: ({ params }) => {
      expectTypeOf(params).toEqualTypeOf<{ readonly orderId: string }>();
      return params.orderId !== '';
    },
  }),
  'order:main': channel({ events: { only: z.number() } }),
  '{kind}:list': channel({ events: { listed: z.string() } }),
});

describe('hub', () => {
  // RT-ORDER-2
  test('publishes in the order of the calls, and reads it back', async () => {
    const hub = createHub({ channels });
    const order = hub.channel('order:42');
    const positions = await Promise.all([
      order.publish('status', { status: 'packed' }),
      order.publish('note', '  by hand '),
      order.publish('note', undefined),
      order.publish('status', { status: 'shipped' }),
    ]);
    expect(positions.map((position) => position.split('.')[1])).toEqual(['1', '2', '3', '4']);
    const { publications, position, floor, gap } = await order.history();
    expect(publications).toEqual([
      { position: positions[1], event: 'note', data: 'by hand' },
      { position: positions[2], event: 'note', data: 'none' },
      { position: positions[3], event: 'status', data: { status: 'shipped' } },
    ]);
    expect([position, floor, gap]).toEqual([positions[3], positions[0], null]);
    expect((await order.history({ after: positions[2] ?? '', limit: 5 })).publications).toHaveLength(1);
    expect((await order.history({ from: 'start', limit: 1 })).publications[0]?.data).toBe('by hand');
    expect((await order.history({ last: 0 })).publications).toEqual([]);
    expect((await order.history({ after: 'zz.1' })).gap).toBe('epoch_changed');
    await hub.close();
  });

  // RT-ORDER-2
  test('keeps the order while a schema takes its time, whether it agrees or not', async () => {
    const gates: ((fits: boolean) => void)[] = [];
    const slow: StandardSchemaV1<string> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) =>
          new Promise((resolve) => {
            gates.push((fits) =>
              resolve(fits ? { value: String(value) } : { issues: [{ message: 'no', path: ['a', 0] }] }),
            );
          }),
      },
    };
    const hub = createHub({ channels: defineChannels({ a: channel({ events: { slow, fast: z.string() } }) }) });
    const a = hub.channel('a');
    const first = a.publish('slow', 'one');
    const refused = a.publish('slow', 'two');
    const third = a.publish('fast', 'three');
    gates[1]?.(false);
    // Time enough for whatever does not wait for the first one to overtake it.
    await new Promise((resolve) => setImmediate(resolve));
    gates[0]?.(true);
    await expect(refused).rejects.toThrow('event_invalid: the data of "slow" on "a" does not fit its schema: a.0: no');
    await Promise.all([first, third]);
    const fourth = a.publish('fast', 'four');
    await fourth;
    expect((await a.history()).publications.map(({ data }) => data)).toEqual(['one', 'three', 'four']);
    await hub.close();
  });

  test.each([
    ['an unknown event', 'other', 1, /^event_unknown: "order:\{orderId\}" has no event "other"; it has: status, note$/],
    ['an event of Object', 'constructor', 1, /^event_unknown/],
    [
      'data that does not fit',
      'status',
      { status: 'lost' },
      /^event_invalid: the data of "status" on "order:1" .*status: /,
    ],
    [
      'data that is too large',
      'note',
      'x'.repeat(100),
      /^publication_too_large: .* has 102 bytes.*maxPublicationBytes is 100/,
    ],
    ['data that is too large in bytes', 'note', 'é'.repeat(50), /^publication_too_large: .* has 102 bytes/],
  ])('refuses %s, and keeps nothing', async (_, event, data, message) => {
    const hub = createHub({ channels, limits: { maxPublicationBytes: 100 } });
    const order = hub.channel('order:1');
    await expect(order.publish(event as 'note', data as string)).rejects.toThrow(message);
    await order.publish('note', 'é'.repeat(49));
    expect((await order.history()).publications).toHaveLength(1);
    await hub.close();
  });

  test.each([
    ['a bigint', 1n],
    ['a function', (): void => {}],
    ['undefined', undefined],
  ])('refuses %s, which JSON cannot write', async (_, value) => {
    const hub = createHub({ channels: defineChannels({ a: channel({ events: { any: z.unknown() } }) }) });
    await expect(hub.channel('a').publish('any', value)).rejects.toThrow(/^event_invalid: .*cannot be written as JSON/);
    await hub.close();
  });

  test('finds the most exact definition', async () => {
    const hub = createHub({ channels });
    await hub.channel('order:main').publish('only', 1);
    // Both patterns match, and neither is narrower: the one that is exact further left is used.
    const list: ChannelHandle<{ readonly note: z.ZodString }> = hub.channel('order:list') as never;
    await expect(list.publish('note', 'x')).resolves.toMatch(/\.1$/);
    await hub.channel('user:list').publish('listed', 'x');
    const own = hub.channel('order:42');
    expect([own.name, own.pattern, own.params]).toEqual(['order:42', 'order:{orderId}', { orderId: '42' }]);
    expect(list.pattern).toBe('order:{orderId}');
    expect(() => hub.channel('ordr:42' as 'order:42')).toThrow(
      'channel_unknown: no definition matches "ordr:42"; defined: order:{orderId}, order:main, {kind}:list',
    );
    expect(() => hub.channel('order:' as 'order:1')).toThrow(/^channel_invalid/);
    await hub.close();
  });

  test('types follow the definitions', () => {
    const hub = createHub({ channels });
    const order = hub.channel('order:42');
    expectTypeOf<Parameters<typeof order.publish>[0]>().toEqualTypeOf<'status' | 'note'>();
    type Item = Awaited<ReturnType<typeof order.history>>['publications'][number];
    expectTypeOf<Extract<Item, { event: 'status' }>['data']>().toEqualTypeOf<{ status: 'packed' | 'shipped' }>();
    // @ts-expect-error -- no definition has this name
    expect(() => hub.channel('ordr')).toThrow(/^channel_unknown/);
    // @ts-expect-error -- no such event
    order.publish('other', 1).catch(() => {});
    // @ts-expect-error -- not what the schema takes
    order.publish('status', { status: 'lost' }).catch(() => {});
  });
});

describe('what cannot work is refused when it is written', () => {
  const events = { e: z.string() };

  test.each([
    ['a pattern', { 'a b': channel({ events }) }, /^definition_invalid: .*"a b"/],
    [
      'two patterns for the same names',
      { 'a:{x}': channel({ events }), 'a:{y}': channel({ events }) },
      /"a:\{x\}" and "a:\{y\}" match the same/,
    ],
    ['no events', { a: channel({ events: {} }) }, /has no events/],
    ['an event name', { a: channel({ events: { 'rt.x': z.string() } }) }, /"rt\.x" begins with "rt\."/],
    ['a schema', { a: channel({ events: { e: {} as never } }) }, /"e" needs a Standard Schema/],
    ['a rule', { a: channel({ events, subscribe: 'everyone' as 'anyone' }) }, /subscribe must be/],
    [
      'keep.count',
      { a: channel({ events, keep: { count: 0 } }) },
      /^option_invalid: keep\.count of "a" must be a whole number from 1 to 1000000, but was 0/,
    ],
    ['keep.forMs', { a: channel({ events, keep: { forMs: 1.5 } }) }, /^option_invalid: keep\.forMs of "a"/],
  ])('%s', (_, definitions, message) => {
    expect(() => createHub({ channels: defineChannels(definitions as never) })).toThrow(message);
  });

  test.each([
    [{ heartbeat: { everyMs: 1 } }, 'option_invalid: heartbeat.everyMs must be a whole number from 100, but was 1'],
    [
      { reconnect: { minMs: 10, maxMs: 5 } },
      'option_invalid: reconnect.maxMs must be a whole number from 10, but was 5',
    ],
    [
      { limits: { maxPageSize: '9' as unknown as number } },
      'option_invalid: limits.maxPageSize must be a whole number from 1, but was 9',
    ],
  ])('option %j', (options, message) => {
    expect(() => createHub({ channels, ...options })).toThrow(message);
  });
});

describe('a broker in trouble', () => {
  test('is told to the observer and to whoever asked, and leaves nothing behind', async () => {
    const stages: string[] = [];
    const broken: Broker = { ...fake(), follow: async () => Promise.reject(new Error('down')) };
    const hub = createHub({
      channels,
      broker: broken,
      observe: (event) => event.type === 'error' && stages.push(event.stage),
    });
    await expect(hub.channel('order:1').publish('note', 'x')).rejects.toMatchObject({ code: 'broker_failed' });
    expect(stages).toEqual(['broker']);
    await hub.close();
  });

  test('one memory broker serves one hub', async () => {
    const broker = memoryBroker();
    const errors: unknown[] = [];
    const one = createHub({ channels, broker });
    const other = createHub({
      channels,
      broker,
      observe: (event) => event.type === 'error' && errors.push(event.cause),
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(errors).toEqual([expect.objectContaining({ code: 'broker_failed' })]);
    await one.close();
    await other.close();
  });

  function fake(): Broker {
    const down = async (): Promise<never> => Promise.reject(new Error('down'));
    return {
      capabilities: { kept: true, continuity: 'dense', reach: 'process' },
      open: async () => {},
      follow: down,
      unfollow: async () => {},
      append: down,
      appendAfter: down,
      pass: down,
      read: down,
      close: async () => {},
    };
  }
});

describe('publishing right after a position', () => {
  test('whoever writes first is stored, and the other is told what is newer', async () => {
    const hub = createHub({ channels, heartbeat: false });
    const doc = hub.channel('order:1');
    const ifPosition = await doc.position();
    const [one, other] = await Promise.allSettled([
      doc.publish('note', 'mine', { ifPosition }),
      doc.publish('note', 'yours', { ifPosition }),
    ]);
    expect(one.status).toBe('fulfilled');
    expect(other.status === 'rejected' && (other.reason as unknown)).toMatchObject({
      code: 'conflict',
      conflict: { position: await doc.position(), newest: { event: 'note', data: 'mine' } },
    });
    await expect(doc.publish('note', 'x', { ifPosition: 'nonsense' })).rejects.toMatchObject({
      code: 'position_invalid',
    });
    await hub.close();
  });

  test('the same key is stored once', async () => {
    const hub = createHub({ channels, heartbeat: false });
    const doc = hub.channel('order:1');
    const positions = [await doc.publish('note', 'x', { key: 'k' }), await doc.publish('note', 'x', { key: 'k' })];
    expect(positions[0]).toBe(positions[1]);
    expect((await doc.history({ last: 9 })).publications).toHaveLength(1);
    await hub.close();
  });
});
