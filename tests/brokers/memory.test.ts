import { memoryBroker } from '@rt/core';
import { brokerSuite, createVirtualClock, seededRandom } from '@rt/testkit';
import { describe, expect, test } from 'vitest';

describe('memory broker', () => {
  let clock = createVirtualClock();
  brokerSuite((name, run) => test(name, run), {
    create() {
      clock = createVirtualClock();
      return memoryBroker({ clock, random: seededRandom(1) });
    },
    async pass(ms) {
      clock.advance(ms);
    },
  });

  const keep = { count: 10, forMs: 1000 };
  const all = { type: 'start' } as const;

  // RT-POS-4
  test('a channel that is forgotten comes back in another epoch, one that had nothing in the same', async () => {
    const virtual = createVirtualClock();
    const broker = memoryBroker({ clock: virtual, random: seededRandom(1), forgetAfterMs: 60_000 });
    await broker.open({ appended: () => {}, passed: () => {}, replaced: () => {}, troubled: () => {} });
    await broker.follow('quiet', keep);
    await broker.unfollow('quiet');
    const { epoch } = await broker.append('x', 'a', { keep });
    expect((await broker.read('quiet', all, 1)).epoch).toBe(epoch);
    virtual.advance(50_000);
    expect(await broker.read('x', all, 1)).toMatchObject({ epoch, floor: 1, top: 1 });
    virtual.advance(40_000);
    const later = await broker.read('x', all, 1);
    expect(later.top).toBe(0);
    expect(later.epoch).not.toBe(epoch);
    await broker.close();
    expect(virtual.waiting).toBe(0);
  });

  test('a channel that is followed is never forgotten', async () => {
    const virtual = createVirtualClock();
    const broker = memoryBroker({ clock: virtual, random: seededRandom(1), forgetAfterMs: 60_000 });
    await broker.open({ appended: () => {}, passed: () => {}, replaced: () => {}, troubled: () => {} });
    const { epoch } = await broker.append('x', 'a', { keep });
    await broker.follow('x', keep);
    virtual.advance(10_000_000);
    expect(await broker.read('x', all, 1)).toMatchObject({ epoch, top: 1 });
    await broker.close();
  });
});
