import { channel, createHub, defineChannels } from '@rt/core';
import { createVirtualClock } from '@rt/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

const channels = defineChannels({
  ticks: channel({ events: { tick: z.number() }, keep: { count: 3 }, subscribe: 'anyone', slow: 'close' }),
});

// RT-GAP-7
test('with slow: close a reader that has missed something is ended, and nobody else', async () => {
  const clock = createVirtualClock();
  const closed: string[] = [];
  const hub = createHub({
    channels,
    heartbeat: false,
    runtime: { clock },
    observe: ({ type }) => closed.push(type),
  });
  const [slow, fast] = [new SimulatedPeer('channel=ticks'), new SimulatedPeer('channel=ticks')];
  for (const peer of [slow, fast]) await hub.handle(peer, () => null);
  slow.stop();
  const publish = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      await hub.channel('ticks').publish('tick', n);
      await settle(clock);
    }
  };
  // One is on its way, three are kept: up to here it has missed nothing.
  await publish(4);
  expect(slow.closed).toBe(false);
  await publish(2);
  expect([slow.closed, fast.closed]).toEqual([true, false]);
  expect(closed.filter((type) => type === 'connection_closed')).toHaveLength(1);
  await publish(1);
  expect(fast.items.filter((item) => item.type === 'event')).toHaveLength(7);
  // More in one turn than is kept: whoever reads all the time is given all of it.
  for (let n = 0; n < 20; n += 1) void hub.channel('ticks').publish('tick', n);
  await settle(clock);
  expect(fast.closed).toBe(false);
  expect(fast.items.filter((item) => item.type === 'event')).toHaveLength(27);
  await closeUnder(clock, hub);
  expect(clock.waiting).toBe(0);
});

test('with slow: close a reader that reads again just then is ended too, and is not told a gap', async () => {
  const clock = createVirtualClock();
  const hub = createHub({ channels, heartbeat: false, runtime: { clock } });
  const peer = new SimulatedPeer('channel=ticks');
  await hub.handle(peer, () => null);
  peer.stop();
  await hub.channel('ticks').publish('tick', 0);
  await settle(clock);
  // All within one turn: the fan-out has not seen yet that it has missed something.
  for (let n = 1; n < 2000; n += 1) await hub.channel('ticks').publish('tick', n);
  peer.read();
  await settle(clock);
  expect(peer.closed).toBe(true);
  expect(peer.items.some((item) => item.type === 'event' && item.event === 'rt.gap')).toBe(false);
  await closeUnder(clock, hub);
});
