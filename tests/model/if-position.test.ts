import type { ConflictBody, RequestHub } from '@rt/core';
import { channel, createHub, defineChannels, keyed, RtError } from '@rt/core';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MemoryPost } from '../fuzz/memory-post.ts';
import { closeUnder } from '../support/settle.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

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

describe('of one key', () => {
  const counted = keyed(z.object({ key: z.string(), value: z.number() }), { by: ({ key }) => key });
  const cleared = keyed(z.object({ key: z.string() }), { by: ({ key }) => key, removes: true });
  const rules = { events: { counted, cleared }, subscribe: 'anyone', publish: 'anyone' } as const;
  const boards = defineChannels({
    state: channel({ ...rules, keep: { newestPer: 'key', forMs: 60_000 } }),
    log: channel({ ...rules, keep: { count: 10_000 } }),
  });
  const keys = ['a', 'b', 'c', 'd'];

  interface Outcome {
    readonly position?: string;
    readonly conflict?: ConflictBody;
  }

  type Write = (frame: {
    readonly event: string;
    readonly data: unknown;
    readonly ifPosition: string;
  }) => Promise<Outcome>;
  type Road = (hub: RequestHub, name: string) => Promise<Write>;

  /** Publishes with frames of a session of its own. */
  const session: Road = async (hub, name) => {
    const client = await SimulatedSession.open(hub, null);
    return async (frame) => {
      const id = client.send({ type: 'publish', channel: name, ...frame });
      for (;;) {
        const answer = client.answer(id);
        if (answer?.type === 'published') return { position: answer.position ?? '' };
        if (answer?.type === 'error' && answer.error.conflict !== undefined) return { conflict: answer.error.conflict };
        expect(answer).toBeNull();
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
  };

  /** Publishes with a POST alone. */
  const post: Road = async (hub, name) => async (frame) => {
    const exchange = new MemoryPost('', JSON.stringify({ type: 'publish', id: 1, channel: name, ...frame }));
    await hub.handle(exchange, () => null);
    const answer = JSON.parse(exchange.body) as { type: string; position?: string; error?: Outcome };
    expect(['published', 'error']).toContain(answer.type);
    return answer.error ?? { position: answer.position ?? '' };
  };

  // RT-STATE-4, RT-SESSION-19
  test.each([
    ['state', 'a session', session],
    ['state', 'a POST', post],
    ['log', 'a session', session],
    ['log', 'a POST', post],
  ] as const)('nobody’s accepted write to a %s is lost, by %s', async (name, _, road) => {
    const random = seededRandom(7);
    const hub = createHub({ channels: boards, heartbeat: false, limits: { rates: false } });
    const board = hub.channel(name);
    const start = await board.position();
    const accepted = new Map(keys.map((key) => [key, 0]));
    let [conflicts, crossed] = [0, 0];

    /** Counts one on from the newest of a key, until that is what is stored. */
    async function increment(write: Write, key: string): Promise<void> {
      let ifPosition = start;
      let value = 0;
      for (;;) {
        const before = await board.position();
        const outcome = await write({ event: 'counted', data: { key, value: value + 1 }, ifPosition });
        if (outcome.position !== undefined) {
          accepted.set(key, (accepted.get(key) ?? 0) + 1);
          if (before !== ifPosition) crossed += 1;
          return;
        }
        conflicts += 1;
        // The newest of this very key, though others are newer.
        const newest = outcome.conflict?.newest?.data as { key: string; value: number };
        expect(newest.key).toBe(key);
        expect(outcome.conflict?.position).not.toBe(ifPosition);
        ifPosition = outcome.conflict?.position ?? '';
        ({ value } = newest);
      }
    }

    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const write = await road(hub, name);
        for (let n = 0; n < 20; n += 1) await increment(write, keys[Math.floor(random() * keys.length)] ?? 'a');
      }),
    );
    // Each accepted one has counted one on: had two begun at the same value, there would be more of them than that.
    const { publications } = await board.history({ from: 'start', limit: 10_000 });
    const newest = new Map(publications.map(({ data }) => [data.key, 'value' in data ? data.value : 0]));
    expect(newest).toEqual(accepted);
    expect([conflicts > 0, crossed > 0]).toEqual([true, true]);
    await hub.close();
  });

  // RT-STATE-4
  test('what was removed, and what is no longer known, is a conflict', async () => {
    const clock = createVirtualClock();
    const hub = createHub({ channels: boards, heartbeat: false, runtime: { clock } });
    const board = hub.channel('state');
    const seen = await board.publish('counted', { key: 'a', value: 1 });
    const removed = await board.publish('cleared', { key: 'a' });
    await board.publish('counted', { key: 'b', value: 1 });
    const write = (ifPosition: string): Promise<string> =>
      board.publish('counted', { key: 'a', value: 2 }, { ifPosition });
    await expect(write(seen)).rejects.toMatchObject({
      conflict: { position: removed, newest: { event: 'cleared', data: { key: 'a' } } },
    });
    clock.advance(60_000);
    const top = await board.position();
    await expect(write(seen)).rejects.toMatchObject({ conflict: { position: top, newest: null } });
    await expect(write(top)).resolves.toBeDefined();
    await closeUnder(clock, hub);
  });
});
