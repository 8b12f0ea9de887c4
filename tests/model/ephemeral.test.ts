import { channel, createHub, defineChannels, ephemeral } from '@rt/core';
import { createVirtualClock } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

const channels = defineChannels({
  'room:{id}': channel({
    events: {
      said: z.string(),
      typing: ephemeral(z.string()),
      moved: ephemeral(z.object({ who: z.string(), x: z.number() }), { by: ({ who }) => who }),
    },
    keep: { count: 5 },
    subscribe: 'anyone',
  }),
});

function world() {
  const clock = createVirtualClock();
  const hub = createHub({ channels, heartbeat: false, runtime: { clock } });
  const join = async (query = 'channel=room:1', accept = 'text/event-stream'): Promise<SimulatedPeer> => {
    const peer = new SimulatedPeer(query, { accept });
    await hub.handle(peer, () => null);
    return peer;
  };
  return { clock, hub, room: hub.channel('room:1'), join };
}

/** Event and data of everything that was dispatched, and the id that the reader had then. */
function seen({ items }: SimulatedPeer): readonly (readonly [string, unknown, string])[] {
  return items.flatMap((item) =>
    item.type === 'event'
      ? [[item.event, JSON.parse(item.data) as unknown, item.id.replace(/^.*\./, '')] as const]
      : [],
  );
}

describe('what is ephemeral', () => {
  // RT-SESSION-20
  test('is told to whoever is there, after what is kept of the same turn, and moves nobody’s place', async () => {
    const { clock, hub, room, join } = world();
    const peer = await join();
    expect(await room.publish('typing', 'ada')).toBeNull();
    void room.publish('said', 'hi');
    await settle(clock);
    void room.publish('typing', 'bob');
    await settle(clock);
    expect(seen(peer)).toEqual([
      ['said', 'hi', '1'],
      ['typing', 'ada', '1'],
      ['typing', 'bob', '1'],
    ]);
    expect((await room.history({ last: 9 })).publications).toHaveLength(1);
    await closeUnder(clock, hub);
  });

  test('is dropped for one who is slow or far behind, who loses nothing that is kept', async () => {
    const { clock, hub, room, join } = world();
    const slow = await join();
    slow.stop();
    void room.publish('said', 'one');
    await settle(clock);
    void room.publish('typing', 'ada');
    void room.publish('said', 'two');
    await settle(clock);
    slow.read();
    await settle(clock);
    expect(seen(slow)).toEqual([
      ['said', 'one', '1'],
      ['said', 'two', '2'],
    ]);
    await closeUnder(clock, hub);
  });

  test('of one key within a turn only the newest is sent', async () => {
    const { clock, hub, room, join } = world();
    const peer = await join();
    for (let x = 1; x <= 50; x += 1) {
      void room.publish('moved', { who: 'ada', x });
      void room.publish('moved', { who: 'bob', x: -x });
    }
    await settle(clock);
    expect(seen(peer).map(([, data]) => data)).toEqual([
      { who: 'ada', x: 50 },
      { who: 'bob', x: -50 },
    ]);
    await closeUnder(clock, hub);
  });

  test('too much of it within a turn costs the oldest', async () => {
    const { clock, hub, room, join } = world();
    const peer = await join();
    for (let n = 1; n <= 150; n += 1) void room.publish('typing', String(n));
    await settle(clock);
    expect(seen(peer).map(([, data]) => data)).toEqual(Array.from({ length: 100 }, (_, n) => String(n + 51)));
    await closeUnder(clock, hub);
  });

  test('does not answer a poll, and is on no page', async () => {
    const { clock, hub, room, join } = world();
    const { position } = await room.history({ last: 0 });
    const poll = await join(`channel=room:1&after=${position}&wait=10`, 'application/json');
    void room.publish('typing', 'ada');
    await settle(clock);
    expect(poll.closed).toBe(false);
    void room.publish('said', 'hi');
    void room.publish('typing', 'bob');
    await settle(clock);
    expect((JSON.parse(poll.body) as { publications: object[] }).publications).toMatchObject([{ event: 'said' }]);
    await closeUnder(clock, hub);
  });

  // RT-SESSION-20
  test('is not told to one who comes later, also while it is still on its way to a crowd, and to nobody twice', async () => {
    const { clock, hub, room, join } = world();
    const crowd: SimulatedPeer[] = [];
    for (let n = 0; n < 700; n += 1) crowd.push(await join());
    await room.publish('typing', 'one');
    clock.turn();
    await room.publish('typing', 'two');
    const late = await join();
    for (let n = 0; n < 300; n += 7) crowd[n]?.leave();
    await settle(clock);
    expect(seen(late).map(([, data]) => data)).toEqual(['two']);
    for (const peer of crowd) if (!peer.closed) expect(seen(peer).map(([, data]) => data)).toEqual(['one', 'two']);
    await closeUnder(clock, hub);
    expect(clock.waiting).toBe(0);
  });

  test('names its channel on a stream of several', async () => {
    const { clock, hub, room, join } = world();
    const peer = await join('channel=room:1&channel=room:2');
    void room.publish('typing', 'ada');
    await settle(clock);
    expect(seen(peer).map(([, data]) => data)).toEqual([{ channel: 'room:1', data: 'ada' }]);
    await closeUnder(clock, hub);
  });
});
