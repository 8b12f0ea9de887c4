import { describe, expect, expectTypeOf, test } from 'vitest';
import type { Member } from '@rt/core';
import { channel, createHub, defineChannels } from '@rt/core';
import { z } from 'zod';

const events = { said: z.string() };

const channels = defineChannels({
  'room:{id}': channel({
    events,
    presence: z.object({ name: z.string() }),
    enter: ({ user, params }) => {
      expectTypeOf(params).toEqualTypeOf<{ readonly id: string }>();
      return user !== null;
    },
  }),
  'desk:{id}': channel({ events, presence: { state: z.number(), graceMs: 500 } }),
  'hall:{id}': channel({ events, presence: {} }),
  'order:{id}': channel({ events }),
});

describe('presence, as the app’s code sees it', () => {
  test('members show what the definition says', async () => {
    const hub = createHub({ channels });
    const room = await hub.channel('room:1').members();
    expectTypeOf(room.members).toEqualTypeOf<readonly Member<{ name: string }>[]>();
    const desk = await hub.channel('desk:1').members();
    expectTypeOf(desk.members).toEqualTypeOf<readonly Member<number>[]>();
    expect(room).toEqual({ channel: 'room:1', position: room.position, count: 0, connections: 0, members: [] });
    await expect(hub.channel('order:1').members()).rejects.toThrow(
      'presence_unsupported: "order:1" has no presence; add it to its definition',
    );
    await hub.close();
    await expect(hub.channel('room:1').members()).rejects.toThrow('hub_closed');
  });

  test.each([
    [{ graceMs: -1 }, 'option_invalid: presence.graceMs of "a" must be a whole number from 0 to 3600000, but was -1'],
    [{ state: 1 }, 'definition_invalid: the channel "a" cannot be used: presence needs a Standard Schema'],
  ])('refuses %j', (presence, message) => {
    const define = () =>
      createHub({ channels: defineChannels({ a: channel({ events, presence: presence as never }) }) });
    expect(define).toThrow(message);
  });

  test('a channel may be for presence alone', async () => {
    const hub = createHub({ channels: defineChannels({ lobby: channel({ events: {}, presence: {} }) }) });
    expect((await hub.channel('lobby').members()).count).toBe(0);
    await hub.close();
  });

  // RT-POS-8
  test('state is read after the position that it is to be followed from', async () => {
    const hub = createHub({ channels });
    const order = hub.channel('order:1');
    const before = await order.publish('said', 'before');
    const { state, position } = await order.withPosition(async () => {
      await order.publish('said', 'meanwhile');
      return 'state';
    });
    expect([state, position]).toEqual(['state', before]);
    expect((await order.history({ after: position })).publications.map(({ data }) => data)).toEqual(['meanwhile']);
    await hub.close();
  });
});
