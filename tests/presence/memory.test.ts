import type { PresenceSink } from '@rt/core';
import { memoryPresence } from '@rt/core';
import { createVirtualClock, presenceSuite, seededRandom } from '@rt/testkit';
import { describe, expect, test } from 'vitest';

const deaf: PresenceSink = {
  grown: () => {},
  replaced: () => {},
  changed: async () => {},
  missed: () => {},
  troubled: () => {},
};

describe('memory presence', () => {
  let clock = createVirtualClock();
  presenceSuite((name, run) => test(name, run), {
    create() {
      clock = createVirtualClock();
      return memoryPresence({ clock, random: seededRandom(1) });
    },
    async pass(ms) {
      clock.advance(ms);
    },
  });

  const ada = { user: 'ada', client: '1', holder: 'a' };

  test('a place that was forgotten comes back in another epoch, one that is followed in the same', async () => {
    const store = memoryPresence({ clock, random: seededRandom(1) });
    await store.open(deaf);
    const epochs: string[] = [];
    for (const keeps of [false, false, true, true]) {
      const { log } = await store.follow('x');
      epochs.push(log.epoch);
      await store.enter('x', ada, '1');
      await store.leave('x', ada, 0);
      expect(log.top).toBeGreaterThan(0);
      if (!keeps) await store.unfollow('x');
    }
    expect(new Set(epochs).size).toBe(3);
    expect(epochs[3]).toBe(epochs[2]);
    // Nothing was there to read on from.
    expect(epochs).not.toContain((await store.look('never heard of')).log.epoch);
    await store.close();
  });

  test('closed, it leaves no timer', async () => {
    const store = memoryPresence({ clock, random: seededRandom(1) });
    await store.open(deaf);
    await store.enter('x', ada, '1');
    await store.leave('x', ada, 1000);
    expect(clock.waiting).toBe(1);
    await store.close();
    expect(clock.waiting).toBe(0);
  });
});
