import type { Broker } from '@rt/core';
import { createVirtualClock } from '@rt/testkit';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { ReplaceableBroker } from '../support/replaceable-broker.ts';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

const keep = { count: 5, forMs: 60_000 };

/** What an engine holds that knows the numbers up to this one. */
const upTo =
  (count: number) =>
  async (engine: Broker): Promise<void> => {
    for (let n = 1; n <= count; n += 1) await engine.append('open:1', `said\n${n}`, { keep });
  };

async function ground(names: readonly ('reader' | 'slow')[] = ['reader', 'slow']) {
  const clock = createVirtualClock();
  const broker = new ReplaceableBroker();
  const made = testHub({ broker, runtime: { clock }, heartbeat: false });
  const { hub } = made;
  const peers = names.map(() => new SimulatedPeer('channel=open:1'));
  for (const peer of peers) await hub.handle(peer, () => null);
  const publish = async (...numbers: readonly number[]): Promise<void> => {
    for (const n of numbers) await hub.channel('open:1').publish('said', n);
    await settle(clock);
  };
  const end = async (): Promise<void> => {
    for (const peer of peers) peer.leave();
    await closeUnder(clock, hub);
    expect(clock.waiting).toBe(0);
  };
  return { ...made, clock, broker, peers, publish, end };
}

/** What a peer was told: numbers, and gaps by their reasons. */
function told({ items }: SimulatedPeer): readonly unknown[] {
  return items.flatMap((item) => {
    if (item.type !== 'event' || item.data === '') return [];
    const data = JSON.parse(item.data) as { readonly reason?: string };
    return [item.event === 'rt.gap' ? data.reason : data];
  });
}

// RT-GAP-9
test('a log that is lost is one gap for each reader, then what the new one holds, and on from there', async () => {
  const { broker, clock, peers, publish, end } = await ground();
  const [reader, slow] = peers as [SimulatedPeer, SimulatedPeer];
  await publish(1, 2);
  slow.stop();
  await publish(3);
  await broker.replace(2);
  await settle(clock);
  await publish(10, 11);
  expect(told(reader)).toEqual([1, 2, 3, 'epoch_changed', 10, 11]);
  slow.read();
  await settle(clock);
  expect(told(slow)).toEqual([1, 2, 3, 'epoch_changed', 10, 11]);
  await publish(12);
  expect(told(slow).slice(-2)).toEqual([11, 12]);
  await end();
});

test('a log that is another one before anybody was told of what had come says so once', async () => {
  const { broker, clock, hub, peers, publish, end } = await ground(['reader']);
  const [reader] = peers as [SimulatedPeer];
  await publish(1);
  // Neither has been handed out when the engine is exchanged, and exchanged again.
  void hub.channel('open:1').publish('said', 2);
  void hub.channel('open:1').publish('said', 3);
  await broker.replace(2, upTo(2));
  await broker.replace(3, upTo(3));
  await settle(clock);
  expect(told(reader)).toEqual([1, 'epoch_changed', 1, 2, 3]);
  await publish(4);
  expect(told(reader).at(-1)).toBe(4);
  await end();
});

test('a log that has gone back is told as such; one that leads on is not told at all', async () => {
  const { broker, clock, events, peers, publish, end } = await ground();
  const [reader, slow] = peers as [SimulatedPeer, SimulatedPeer];
  await publish(1, 2, 3);
  // The same log in another engine, with what this node was not told of.
  await broker.replace(1, upTo(4));
  await settle(clock);
  expect(told(reader)).toEqual([1, 2, 3, 4]);
  slow.stop();
  await publish(5);
  // A replica that was behind.
  await broker.replace(1, upTo(2));
  await settle(clock);
  await publish(6);
  expect(told(reader)).toEqual([1, 2, 3, 4, 5, 'ahead', 6]);
  expect(events.filter(({ type }) => type === 'gap')).toHaveLength(1);
  // It grows past where the slow one is, which has read something else there.
  await publish(7, 8, 9);
  slow.read();
  await settle(clock);
  expect(told(slow)).toEqual([1, 2, 3, 4, 5, 'ahead', 6, 7, 8, 9]);
  await end();
});

test('a log that comes back before a slow reader was told is the one that it knows', async () => {
  const { broker, clock, events, peers, publish, end } = await ground(['slow']);
  const [slow] = peers as [SimulatedPeer];
  await publish(1);
  slow.stop();
  await publish(2);
  await broker.replace(2, upTo(4));
  await settle(clock);
  await broker.replace(1, upTo(4));
  await settle(clock);
  slow.read();
  await settle(clock);
  expect(told(slow)).toEqual([1, 2, 3, 4]);
  expect(events.filter(({ type }) => type === 'gap')).toEqual([]);
  await end();
});

test('a log that leads on only for some is told to the others', async () => {
  const { broker, clock, peers, publish, end } = await ground();
  const [reader, slow] = peers as [SimulatedPeer, SimulatedPeer];
  await publish(1);
  slow.stop();
  await publish(2, 3, 4);
  // It holds the newest five of twelve.
  await broker.replace(1, upTo(9));
  await settle(clock);
  await publish(10, 11, 12);
  expect(told(reader)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  slow.read();
  await settle(clock);
  expect(told(slow)).toEqual([1, 2, 3, 4, 'trimmed', 8, 9, 10, 11, 12]);
  await end();
});

test('a poll that waits is answered with the gap', async () => {
  const { broker, clock, hub, publish, end } = await ground([]);
  await publish(1);
  const poll = new SimulatedPeer('channel=open:1&wait=10', { accept: 'application/json' });
  await hub.handle(poll, () => null);
  await broker.replace(2, upTo(2));
  await settle(clock);
  expect(JSON.parse(poll.body)).toMatchObject({ gap: { reason: 'epoch_changed' }, publications: [] });
  await end();
});
