import fc from 'fast-check';
import { channel, createHub, defineChannels, keyed } from '@rt/core';
import { createVirtualClock } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { nastyStates, stateStep } from './state-schedule.ts';
import { playState } from './state-world.ts';

const numRuns = Number(process.env['RT_RUNS'] ?? 400);
const timeout = Math.max(60_000, numRuns * 50);

const rules = fc.record({
  count: fc.integer({ min: 1, max: 6 }),
  forMs: fc.constantFrom(1, 100, 500, 1500),
  everyMs: fc.constantFrom(0, 0, 100),
  slow: fc.constantFrom('resume' as const, 'conflate' as const),
});

describe('a state channel over the model', () => {
  // RT-STATE-1, RT-STATE-2, RT-STATE-3
  test(
    'whoever comes, goes, stops and reads, by whatever way, ends with exactly what is true',
    async () => {
      let gaps = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.noBias(fc.array(stateStep, { maxLength: 60, size: 'max' })),
          rules,
          fc.nat(),
          async (steps, played, seed) => {
            gaps += await playState(steps, played, seed);
          },
        ),
        { numRuns },
      );
      // The schedules are worth something only if they lose removals, and not all the time.
      expect(gaps).toBeGreaterThan(numRuns / 10);
    },
    timeout,
  );

  // RT-STATE-1
  test.each(nastyStates)('%s', async (_, steps) => {
    await playState(steps, { count: 3, forMs: 1, everyMs: 0, slow: 'resume' }, 1);
  });
});

describe('a state channel', () => {
  const event = z.object({ key: z.string(), data: z.string() });
  const by = ({ key }: { readonly key: string }): string => key;
  const is = keyed(event, { by });
  const gone = keyed(event, { by, removes: true });
  const channels = defineChannels({
    board: channel({
      events: { is, gone },
      keep: { newestPer: 'key', count: 2000, forMs: 1000 },
      subscribe: 'anyone',
    }),
    brief: channel({ events: { is, gone }, keep: { newestPer: 'key', forMs: 1 }, subscribe: 'anyone' }),
  });

  function world() {
    const clock = createVirtualClock();
    const gaps: string[] = [];
    const hub = createHub({
      channels,
      heartbeat: false,
      runtime: { clock },
      observe: (told) => told.type === 'gap' && gaps.push(told.reason),
    });
    const ask = async (query: string, accept = 'text/event-stream'): Promise<SimulatedPeer> => {
      const peer = new SimulatedPeer(query, { accept });
      await hub.handle(peer, () => null);
      return peer;
    };
    return { clock, hub, board: hub.channel('board'), gaps, ask };
  }

  const events = ({ items }: SimulatedPeer): readonly string[] =>
    items.flatMap((item) => (item.type === 'event' ? [`${item.event} ${item.id.split('.')[1]}`] : []));

  // RT-STATE-3
  test('a reader who keeps up is told each removal, however late a turn is', async () => {
    const { clock, hub, gaps, ask } = world();
    const board = hub.channel('brief');
    await board.publish('is', { key: 'a', data: '' });
    const peer = await ask('channel=brief&after=start');
    await board.publish('gone', { key: 'a', data: '' });
    clock.advance(1);
    await board.publish('is', { key: 'b', data: '' });
    await settle(clock);
    expect([events(peer), gaps]).toEqual([['is 1', 'gone 2', 'is 3'], []]);
    await closeUnder(clock, hub);
  });

  // RT-STATE-1
  test('too large for one batch and for one page, and older than its floor, it is read to its end', async () => {
    const { clock, hub, board, gaps, ask } = world();
    const data = 'x'.repeat(50_000);
    for (let n = 1; n <= 200; n += 1) await board.publish('is', { key: `${n}`, data });
    await board.publish('gone', { key: '200', data: '' });
    clock.advance(5000);
    const peer = await ask('channel=board&after=start');
    await settle(clock);
    expect([events(peer).length, gaps]).toEqual([199, []]);
    const page = JSON.parse((await ask('channel=board&after=start&limit=3', 'application/json')).body) as Record<
      string,
      unknown
    >;
    expect([page['position'], (page['publications'] as unknown[]).length]).toEqual([await board.position(), 199]);
    // A browser that comes back is at the end, though what came last was forgotten.
    const [last] = peer.items.slice(-1);
    expect(last).toEqual({ type: 'id', id: await board.position() });
    await closeUnder(clock, hub);
  });

  // RT-LIMIT-1
  test('one key too many is refused until another is removed', async () => {
    const { clock, hub, board } = world();
    for (let n = 1; n <= 2000; n += 1) await board.publish('is', { key: `${n}`, data: '' });
    const more = (): Promise<string> => board.publish('is', { key: 'more', data: '' });
    await expect(more()).rejects.toMatchObject({ code: 'state_full', retryable: false });
    await board.publish('is', { key: '7', data: 'changed' });
    await board.publish('gone', { key: '7', data: '' });
    await expect(more()).resolves.toMatch(/\.2003$/);
    await closeUnder(clock, hub);
  });

  test('a page of it is not stored by a browser: it changes', async () => {
    const { clock, hub, board, ask } = world();
    const start = await board.position();
    for (const key of ['a', 'b', 'c']) await board.publish('is', { key, data: '' });
    const page = await ask(`channel=board&after=${start}&limit=1`, 'application/json');
    expect([page.head?.status, page.head?.headers['cache-control']]).toEqual([200, 'no-store']);
    await closeUnder(clock, hub);
  });

  test.each([
    ['an event without a key', { events: { is: z.string() }, keep: { newestPer: 'key' } }, /"is" has none/],
    ['another kind of newest', { events: { is: z.string() }, keep: { newestPer: 'name' } }, /newestPer must be 'key'/],
    ['conflation without a key', { events: { is: z.string() }, slow: 'conflate' }, /needs an event with a key/],
    ['no such policy', { events: { is: z.string() }, slow: 'drop' }, /slow must be/],
    ['too slow a pace', { events: { is: z.string() }, everyMs: 60_001 }, /everyMs of "a" must be/],
  ])('a definition with %s is refused', (_, definition, message) => {
    expect(() => createHub({ channels: defineChannels({ a: channel(definition as never) }) })).toThrow(message);
  });

  test.each([
    ['no text', () => 7 as never, 'but by made number'],
    ['an empty text', () => '', 'but by made one of 0'],
    ['too long a text', () => 'k'.repeat(256), 'but by made one of 256'],
    [
      'an error',
      () => {
        throw new Error('no key');
      },
      'its by threw',
    ],
  ])('a key that is %s is refused, and nothing is stored', async (_, by, message) => {
    const hub = createHub({
      channels: defineChannels({ a: channel({ events: { is: keyed(z.string(), { by }) } }) }),
      heartbeat: false,
    });
    await expect(hub.channel('a').publish('is', 'x')).rejects.toMatchObject({
      code: 'event_invalid',
      message: expect.stringContaining(message) as string,
    });
    expect((await hub.channel('a').history()).publications).toEqual([]);
    await hub.close();
  });
});
