import { channel, createHub, defineChannels, RtError } from '@rt/core';
import { seededRandom } from '@rt/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';

const channels = defineChannels({
  counter: channel({
    // A schema that takes its time, so that writers overtake each other also while they are being checked.
    events: { is: z.number().refine(async (value) => value > 0) },
    keep: { count: 10_000 },
    subscribe: 'anyone',
  }),
});

const writers = 8;
const increments = 25;

// RT-SESSION-19
test.each([1, 2, 3, 4, 5])('of writers that race nobody’s accepted write is lost (seed %i)', async (seed) => {
  const random = seededRandom(seed);
  const hub = createHub({ channels, heartbeat: false });
  const counter = hub.channel('counter');
  const pause = async (): Promise<void> => {
    for (let ticks = Math.floor(random() * 6); ticks > 0; ticks -= 1) await Promise.resolve();
  };
  let conflicts = 0;

  /** Counts one on from what it has seen last, until that is what is stored. */
  async function increment(): Promise<void> {
    const page = await counter.history({ last: 1 });
    let { position } = page;
    let value = page.publications[0]?.data ?? 0;
    for (;;) {
      await pause();
      try {
        await counter.publish('is', value + 1, { ifPosition: position });
        return;
      } catch (error) {
        const conflict = error instanceof RtError ? error.conflict : null;
        if (conflict === null || conflict.newest === null) throw error;
        conflicts += 1;
        position = conflict.position;
        value = Number(conflict.newest.data);
      }
    }
  }

  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (let n = 0; n < increments; n += 1) await increment();
    }),
  );
  const { publications } = await counter.history({ from: 'start', limit: 10_000 });
  expect(publications.map(({ data }) => data)).toEqual(Array.from({ length: writers * increments }, (_, n) => n + 1));
  expect(conflicts).toBeGreaterThan(0);
  await hub.close();
});
