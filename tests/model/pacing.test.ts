import type { Hub } from '@rt/core';
import { channel, createHub, defineChannels, ephemeral, keyed } from '@rt/core';
import { createSseParser, parsePosition } from '@rt/protocol';
import type { VirtualClock } from '@rt/testkit';
import { createVirtualClock } from '@rt/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

const everyMs = 100;
const events = {
  price: keyed(z.object({ symbol: z.string(), data: z.string() }), { by: ({ symbol }) => symbol }),
  moved: ephemeral(z.string()),
};
const rules = { events, keep: { count: 1000 }, subscribe: 'anyone', everyMs } as const;
const channels = defineChannels({ all: channel(rules), newest: channel({ ...rules, slow: 'conflate' }) });

interface Written {
  readonly atMs: number;
  readonly offsets: readonly number[];
}

interface Follower {
  readonly peer: SimulatedPeer;
  readonly written: readonly Written[];
}

function world(name: 'all' | 'newest') {
  const clock: VirtualClock = createVirtualClock();
  const hub: Hub<{ readonly all: typeof events; readonly newest: typeof events }> = createHub({
    channels,
    heartbeat: false,
    runtime: { clock },
  });
  const follow = async (from = ''): Promise<Follower> => {
    const peer = new SimulatedPeer(`channel=${name}${from}`);
    const written: Written[] = [];
    const parser = createSseParser();
    peer.onWrite = (bytes): void => {
      const told = parser.feed(bytes).filter((item) => item.type === 'event' && item.event === 'price');
      const offsets = told.map((item) => (item.type === 'event' ? (parsePosition(item.id)?.offset ?? -1) : -1));
      if (offsets.length > 0) written.push({ atMs: clock.now(), offsets });
    };
    await hub.handle(peer, () => null);
    return { peer, written };
  };
  const publish = (symbol: string, data = ''): void => void hub.channel(name).publish('price', { symbol, data });
  return { clock, hub, follow, publish };
}

/** What is published at which time, in the order of the times. */
const schedule = fc.array(
  fc.record({ afterMs: fc.constantFrom(0, 1, 10, 99, 100, 101, 350), symbol: fc.constantFrom('a', 'b', 'c') }),
  { minLength: 1, maxLength: 60, size: 'max' },
);

describe('everyMs', () => {
  // RT-STATE-7
  test.each(['all', 'newest'] as const)(
    'batches are no closer than it, and nothing is late or lost (%s)',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(schedule, async (published) => {
          const { clock, hub, follow, publish } = world(name);
          const { written } = await follow();
          const came: { readonly atMs: number; readonly symbol: string }[] = [];
          for (const { afterMs, symbol } of published) {
            clock.advance(afterMs);
            publish(symbol);
            came.push({ atMs: clock.now(), symbol });
            clock.turn();
          }
          clock.advance(everyMs);
          expect(written).toEqual(naively(came, name === 'newest'));
          await closeUnder(clock, hub);
          expect(clock.waiting).toBe(0);
        }),
        { numRuns: 200 },
      );
    },
  );

  // RT-STATE-7
  test('whoever comes meanwhile is given what others have, and then with them what they get', async () => {
    const { clock, hub, follow, publish } = world('all');
    const first = await follow();
    publish('a');
    await settle(clock);
    publish('b');
    publish('c');
    await settle(clock);
    const [late, live] = [await follow('&after=start'), await follow()];
    publish('d');
    await settle(clock);
    expect([first.written.length, late.written, live.written]).toEqual([1, [{ atMs: 0, offsets: [1] }], []]);
    clock.advance(everyMs);
    expect(first.written.slice(1)).toEqual([{ atMs: everyMs, offsets: [2, 3, 4] }]);
    expect(late.written.slice(1)).toEqual([{ atMs: everyMs, offsets: [2, 3, 4] }]);
    expect(live.written).toEqual([{ atMs: everyMs, offsets: [4] }]);
    await closeUnder(clock, hub);
  });

  // RT-STATE-7, RT-DRAIN-2
  test('a hub that closes hands out at once what waits', async () => {
    const { clock, hub, follow, publish } = world('all');
    const { peer, written } = await follow();
    for (const symbol of ['a', 'b', 'c']) {
      publish(symbol);
      await settle(clock);
    }
    expect(written).toHaveLength(1);
    const closing = hub.close();
    await settle(clock);
    expect([clock.now(), written.slice(1)]).toEqual([0, [{ atMs: 0, offsets: [2, 3] }]]);
    expect([peer.closed, peer.items.at(-1)]).toMatchObject([true, { event: 'rt.bye' }]);
    await closing;
    expect(clock.waiting).toBe(0);
  });

  // RT-STATE-7
  test('what is too large for one batch does not wait for its time once more', async () => {
    const { clock, hub, follow, publish } = world('all');
    const { written } = await follow();
    publish('a');
    await settle(clock);
    for (let n = 0; n < 10; n += 1) publish('b', 'x'.repeat(65_000));
    await settle(clock);
    clock.advance(everyMs);
    await settle(clock);
    expect(written.flatMap(({ offsets }) => offsets)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(clock.now()).toBe(everyMs);
    // From then on its time counts anew.
    publish('c');
    await settle(clock);
    clock.advance(everyMs - 1);
    expect(written.at(-1)?.offsets).not.toContain(12);
    clock.advance(1);
    expect(written.at(-1)).toEqual({ atMs: 2 * everyMs, offsets: [12] });
    await closeUnder(clock, hub);
  });

  test('what is ephemeral waits with the others', async () => {
    const { clock, hub, follow, publish } = world('all');
    const { peer } = await follow();
    publish('a');
    await settle(clock);
    void hub.channel('all').publish('moved', 'x');
    await settle(clock);
    const moved = (): number => peer.items.filter((item) => item.type === 'event' && item.event === 'moved').length;
    expect(moved()).toBe(0);
    clock.advance(everyMs);
    expect(moved()).toBe(1);
    await closeUnder(clock, hub);
  });

  test('a channel that is let go of while it waits leaves no timer behind', async () => {
    const { clock, hub, follow, publish } = world('all');
    const left: number[] = [];
    for (const symbols of [['a'], ['b', 'c']]) {
      const { peer } = await follow();
      for (const symbol of symbols) {
        publish(symbol);
        await settle(clock);
      }
      peer.leave();
      await settle(clock);
      left.push(clock.waiting);
    }
    expect(left[1]).toBe(left[0]);
    await closeUnder(clock, hub);
  });
});

/** The batches as one would hand them out by hand: at once if the last is long enough ago, else when it is. */
function naively(
  came: readonly { readonly atMs: number; readonly symbol: string }[],
  newestOnly: boolean,
): readonly Written[] {
  const batches: { atMs: number; offsets: number[] }[] = [];
  came.forEach(({ atMs }, index) => {
    const last = batches.at(-1);
    const dueMs = last === undefined ? atMs : Math.max(atMs, last.atMs + everyMs);
    if (last !== undefined && last.atMs > atMs) last.offsets.push(index + 1);
    else batches.push({ atMs: dueMs, offsets: [index + 1] });
  });
  const isNewest = (offset: number, { offsets }: Written): boolean =>
    !offsets.some((other) => other > offset && came[other - 1]?.symbol === came[offset - 1]?.symbol);
  return batches.map((batch) => ({
    atMs: batch.atMs,
    offsets: newestOnly ? batch.offsets.filter((offset) => isNewest(offset, batch)) : batch.offsets,
  }));
}
