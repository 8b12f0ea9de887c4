import type { VirtualClock } from '@rt/testkit';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { testHub } from '../support/hub.ts';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

interface World extends TestHub {
  readonly clock: VirtualClock;
  /** Peers that have been opened and given their first bytes; `writes` counts from then on. */
  join(count: number, query: string): Promise<readonly SimulatedPeer[]>;
}

function world(): World {
  const clock = createVirtualClock();
  const made = testHub({ runtime: { clock, random: seededRandom(1) }, heartbeat: false });
  return Object.assign(made, {
    clock,
    async join(count: number, query: string) {
      const peers = Array.from({ length: count }, () => new SimulatedPeer(query));
      for (const peer of peers) await made.hub.handle(peer, () => null);
      await settle(clock);
      for (const peer of peers) peer.writes.length = 0;
      return peers;
    },
  });
}

const written = (peers: readonly SimulatedPeer[]): number => peers.filter(({ writes }) => writes.length > 0).length;

describe('one turn', () => {
  test('makes one buffer of all that was published, and shares it', async () => {
    const { hub, clock, join } = world();
    const peers = await join(50, 'channel=open:1');
    for (let n = 0; n < 20; n += 1) void hub.channel('deep:1').publish('said', n);
    for (let n = 0; n < 5; n += 1) void hub.channel('open:1').publish('said', n);
    await settle(clock);
    expect(peers.map(({ writes }) => writes.length)).toEqual(peers.map(() => 1));
    expect(new Set(peers.map(({ writes }) => writes[0])).size).toBe(1);
    await closeUnder(clock, hub);
  });

  test('writes once to a connection in several channels, and shares also the joined buffer', async () => {
    const { hub, clock, join } = world();
    const channels = Array.from({ length: 10 }, (_, n) => `channel=open:${n}`).join('&');
    const peers = await join(450, channels);
    for (let n = 0; n < 10; n += 1) void hub.channel(`open:${n}`).publish('said', n);
    await settle(clock);
    expect(peers.map(({ writes }) => writes.length)).toEqual(peers.map(() => 1));
    // Three turns, each with two orders of the channels at most: the longest goes before or after the others.
    expect(new Set(peers.map(({ writes }) => writes[0])).size).toBeLessThanOrEqual(6);
    for (const { items } of peers) expect(items.filter(({ type }) => type === 'event')).toHaveLength(10);
    await closeUnder(clock, hub);
  });

  test('serves those who are far behind in pages, with a bound on what one turn takes', async () => {
    const { hub, clock } = world();
    for (let n = 0; n < 4; n += 1) await hub.channel('deep:1').publish('said', 'x'.repeat(200_000));
    const peers = Array.from({ length: 100 }, () => new SimulatedPeer('channel=deep:1&after=start'));
    for (const peer of peers) await hub.handle(peer, () => null);
    const bytes = (): number =>
      peers.reduce((sum, { writes }) => sum + writes.reduce((all, { length }) => all + length, 0), 0);
    let before = bytes();
    for (let turn = 0; turn < 10; turn += 1) {
      clock.turn();
      expect(bytes() - before).toBeLessThan(8_388_608 + 262_144 * 2);
      before = bytes();
    }
    await settle(clock);
    for (const { items } of peers) expect(items.filter(({ type }) => type === 'event')).toHaveLength(4);
    await closeUnder(clock, hub);
  });

  // RT-LIMIT-7
  test('writes about 200 sockets, and a small channel does not wait for a large one', async () => {
    const { hub, clock, join } = world();
    const crowd = await join(1000, 'channel=open:crowd');
    const [probe] = (await join(1, 'channel=open:probe')) as [SimulatedPeer];
    void hub.channel('open:crowd').publish('said', 1);
    clock.turn();
    expect(written(crowd)).toBe(200);
    void hub.channel('open:probe').publish('said', 1);
    clock.turn();
    expect(written([probe])).toBe(1);
    expect(written(crowd)).toBe(399);
    await settle(clock);
    expect(written(crowd)).toBe(1000);
    await closeUnder(clock, hub);
  });

  test('gives the largest channel half, however many small ones there are', async () => {
    const { hub, clock, join } = world();
    const crowd = await join(1000, 'channel=open:crowd');
    const small = await Promise.all(Array.from({ length: 500 }, (_, n) => join(1, `channel=open:s${n}`)));
    void hub.channel('open:crowd').publish('said', 1);
    for (let turn = 1; turn <= 5; turn += 1) {
      for (let n = 0; n < 500; n += 1) void hub.channel(`open:s${n}`).publish('said', turn);
      clock.turn();
      expect(written(crowd)).toBe(turn * 100);
    }
    await settle(clock);
    for (const [peer] of small) expect(peer?.items.filter(({ type }) => type === 'event')).toHaveLength(5);
    await closeUnder(clock, hub);
  });

  test('a batch grows while the one before it is still on its way', async () => {
    const { hub, clock, join } = world();
    const crowd = await join(1000, 'channel=deep:crowd');
    for (let turn = 0; turn < 50; turn += 1) {
      void hub.channel('deep:crowd').publish('said', turn);
      clock.turn();
    }
    await settle(clock);
    for (const { items, writes } of crowd) {
      expect(items.filter(({ type }) => type === 'event')).toHaveLength(50);
      // Five turns for each fan-out: eleven batches, not fifty.
      expect(writes.length).toBeLessThanOrEqual(12);
    }
    await closeUnder(clock, hub);
  });
});

describe('a peer whose pipe throws', () => {
  // RT-LIFE-5
  test('is ended and reported, and the others notice nothing', async () => {
    const { hub, clock, join, events, open } = world();
    const peers = await join(5, 'channel=open:1');
    const bad = peers[2] as SimulatedPeer;
    bad.break(new Error('patched by somebody'));
    void hub.channel('open:1').publish('said', 1);
    await settle(clock);
    expect(events.filter(({ type }) => type === 'error')).toEqual([
      { type: 'error', stage: 'transport', cause: new Error('patched by somebody') },
    ]);
    expect([open(), bad.closed]).toEqual([4, true]);
    void hub.channel('open:1').publish('said', 2);
    await settle(clock);
    const seen = peers.map(({ items }) => items.filter(({ type }) => type === 'event').length);
    expect(seen).toEqual([2, 2, 0, 2, 2]);
    await closeUnder(clock, hub);
    expect(clock.waiting).toBe(0);
  });

  test('when a poll’s time is over is ended and reported', async () => {
    const { hub, clock, events, open } = world();
    const peer = new SimulatedPeer('channel=open:1&wait=5', { accept: 'application/json' });
    peer.reply = () => {
      throw new Error('no reply here');
    };
    await hub.handle(peer, () => null);
    expect(open()).toBe(1);
    clock.advance(5000);
    expect(events.at(-1)).toMatchObject({ type: 'connection_closed', end: 'failed' });
    expect(events).toContainEqual({ type: 'error', stage: 'transport', cause: new Error('no reply here') });
    await closeUnder(clock, hub);
    expect([open(), clock.waiting]).toEqual([0, 0]);
  });

  test('when it is opened leaves nothing followed', async () => {
    const { hub, clock, events, open } = world();
    const peer = new SimulatedPeer('channel=open:1');
    peer.stream = () => {
      throw new Error('no stream here');
    };
    await hub.handle(peer, () => null);
    expect(events).toEqual([{ type: 'error', stage: 'request', cause: new Error('no stream here') }]);
    expect([open(), clock.waiting]).toEqual([0, 1]);
    await closeUnder(clock, hub);
  });
});

describe('catching up', () => {
  test('those who come back to the same place share one buffer', async () => {
    const { hub, clock } = world();
    const position = await hub.channel('deep:1').publish('said', 0);
    for (let n = 0; n < 100; n += 1) void hub.channel('deep:1').publish('said', n);
    const peers = Array.from({ length: 50 }, () => new SimulatedPeer(`channel=deep:1&after=${position}`));
    await Promise.all(peers.map((peer) => hub.handle(peer, () => null)));
    expect(new Set(peers.map(({ writes }) => writes.at(-1))).size).toBe(1);
    for (const { items } of peers) expect(items.filter(({ type }) => type === 'event')).toHaveLength(100);
    await settle(clock);
    await closeUnder(clock, hub);
  });

  test('a long way is gone in steps, with room for the others between them', async () => {
    const { hub, clock, join } = world();
    for (let n = 0; n < 100; n += 1) void hub.channel('deep:1').publish('said', 'x'.repeat(20_000));
    const late = new SimulatedPeer('channel=deep:1&after=start');
    await hub.handle(late, () => null);
    const [probe] = (await join(1, 'channel=open:1')) as [SimulatedPeer];
    await settle(clock);
    expect(late.items.filter(({ type }) => type === 'event')).toHaveLength(100);
    for (const { length } of late.writes) expect(length).toBeLessThan(300_000);
    void hub.channel('open:1').publish('said', 1);
    await settle(clock);
    expect(written([probe])).toBe(1);
    await closeUnder(clock, hub);
  });
});

// RT-LIFE-3
test('a hub without connections has no timer, turn or followed channel left', async () => {
  const { hub, clock, join } = world();
  const peers = await join(30, 'channel=open:1&channel=open:2');
  void hub.channel('open:1').publish('said', 1);
  for (const peer of peers) peer.leave();
  await settle(clock);
  // What is left is the broker's: the sweep of the publication that is kept.
  expect(clock.waiting).toBe(1);
  await closeUnder(clock, hub);
  expect(clock.waiting).toBe(0);
});
