import { channel, createHub, defineChannels, keyed } from '@rt/core';
import { createSseParser, parsePosition } from '@rt/protocol';
import type { VirtualClock } from '@rt/testkit';
import { createVirtualClock } from '@rt/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

const price = keyed(z.object({ symbol: z.string(), bid: z.string() }), { by: ({ symbol }) => symbol });
const note = z.string();

const channels = defineChannels({
  deep: channel({ events: { price, note }, keep: { count: 5000 }, subscribe: 'anyone', slow: 'conflate' }),
  short: channel({ events: { price, note }, keep: { count: 5 }, subscribe: 'anyone', slow: 'conflate' }),
});

const symbols = ['a', 'b', 'c'] as const;
type Said = (typeof symbols)[number] | 'note';

type Step =
  | { readonly type: 'publish'; readonly said: readonly Said[] }
  | { readonly type: 'join'; readonly back: number }
  | { readonly type: 'stop' | 'read'; readonly reader: number }
  | { readonly type: 'turn' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('publish' as const),
      said: fc.array(fc.constantFrom<Said>(...symbols, 'a', 'b', 'note'), { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('join' as const), back: fc.nat({ max: 20 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom('stop' as const, 'read' as const),
      reader: fc.nat({ max: 100 }),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ type: 'turn' as const }) },
);

/** A write to a reader, with what had been handed out to those who keep up before and after its turn. */
interface Written {
  readonly offsets: readonly number[];
  readonly before: number;
  readonly after: number;
}

interface Reader {
  readonly peer: SimulatedPeer;
  readonly from: number;
  readonly written: Written[];
}

class World {
  readonly clock: VirtualClock = createVirtualClock();
  readonly hub = createHub({ channels, heartbeat: false, runtime: { clock: this.clock } });
  /** What was said, by offset - 1. */
  readonly all: Said[] = [];
  readonly readers: Reader[] = [];
  conflated = 0;
  #epoch = '';
  #before = 0;
  #after = 0;

  async begin(): Promise<void> {
    this.#epoch = (await this.hub.channel('deep').position()).split('.')[0] ?? '';
    await this.#join(0);
  }

  async take(next: Step): Promise<void> {
    if (next.type === 'publish') for (const said of next.said) this.#publish(said);
    else if (next.type === 'join') await this.#join(Math.max(0, this.all.length - next.back));
    else if (next.type === 'turn') this.#turn();
    // The first reader keeps up: it says what is handed out.
    else this.readers[1 + (next.reader % Math.max(1, this.readers.length - 1))]?.peer[next.type]();
  }

  async end(): Promise<void> {
    for (const { peer } of this.readers) peer.read();
    for (let turns = 0; turns < 5; turns += 1) this.#turn();
    for (const reader of this.readers) this.#check(reader);
    await closeUnder(this.clock, this.hub);
  }

  #publish(said: Said): void {
    this.all.push(said);
    const deep = this.hub.channel('deep');
    const bid = `${this.all.length}`;
    void (said === 'note' ? deep.publish('note', bid) : deep.publish('price', { symbol: said, bid }));
  }

  async #join(from: number): Promise<void> {
    const peer = new SimulatedPeer(`channel=deep&after=${this.#epoch}.${from}`);
    const reader: Reader = { peer, from, written: [] };
    const parser = createSseParser();
    peer.onWrite = (bytes): void => {
      const events = parser.feed(bytes).filter((item) => item.type === 'event');
      const offsets = events.map(({ id }) => parsePosition(id)?.offset ?? -1);
      if (offsets.length > 0) reader.written.push({ offsets, before: this.#before, after: this.#after });
    };
    await this.hub.handle(peer, () => null);
    this.readers.push(reader);
  }

  #turn(): void {
    this.#after = this.all.length;
    this.clock.turn();
    this.#before = this.#after;
  }

  /** Whoever keeps up gets all; whoever is behind of each symbol the newest, and all notes; and nobody ends behind. */
  #check({ from, written }: Reader): void {
    let place = from;
    for (const { offsets, before, after } of written) {
      const behind = place < before;
      expect(offsets).toEqual(behind ? this.#newest(place, after) : this.#every(place, after));
      if (behind && offsets.length < after - place) this.conflated += 1;
      place = offsets.at(-1) ?? place;
    }
    expect(place).toBe(this.all.length);
  }

  #every(from: number, to: number): readonly number[] {
    return Array.from({ length: to - from }, (_, n) => from + n + 1);
  }

  #newest(from: number, to: number): readonly number[] {
    return this.#every(from, to).filter((offset) => {
      const said = this.all[offset - 1];
      return said === 'note' || !this.all.slice(offset, to).includes(said ?? 'note');
    });
  }
}

/** Plays a schedule, and returns how often something was left out. */
async function play(steps: readonly Step[]): Promise<number> {
  const world = new World();
  await world.begin();
  for (const next of steps) await world.take(next);
  await world.end();
  return world.conflated;
}

describe('slow: conflate', () => {
  // RT-STATE-6
  test('whoever is behind gets of each key the newest and all that has no key, and whoever keeps up everything', async () => {
    let conflated = 0;
    await fc.assert(
      fc.asyncProperty(fc.noBias(fc.array(step, { maxLength: 60, size: 'max' })), async (steps) => {
        conflated += await play(steps);
      }),
      { numRuns: 300 },
    );
    expect(conflated).toBeGreaterThan(100);
  });

  test('whoever reads again in the turn in which another has come is given what leads to the end', async () => {
    await play([
      { type: 'join', back: 0 },
      { type: 'stop', reader: 0 },
      { type: 'publish', said: ['a'] },
      { type: 'turn' },
      { type: 'publish', said: ['a', 'a'] },
      { type: 'turn' },
      { type: 'publish', said: ['a'] },
      { type: 'join', back: 3 },
      { type: 'read', reader: 0 },
      { type: 'turn' },
    ]);
  });

  function world() {
    const clock = createVirtualClock();
    const hub = createHub({ channels, heartbeat: false, runtime: { clock } });
    const said = async (name: 'deep' | 'short', ...symbol: readonly string[]): Promise<void> => {
      for (const one of symbol) await hub.channel(name).publish('price', { symbol: one, bid: 'x'.repeat(100_000) });
    };
    return { clock, hub, said };
  }

  const told = ({ items }: SimulatedPeer): readonly string[] =>
    items.flatMap((item) => (item.type === 'event' ? [`${item.event} ${item.id.split('.')[1]}`] : []));

  // RT-STATE-6
  test('what is too large for one batch comes in parts, and newer than what has come', async () => {
    const { clock, hub, said } = world();
    const peer = new SimulatedPeer('channel=deep');
    await hub.handle(peer, () => null);
    peer.stop();
    await said('deep', 'a');
    await settle(clock);
    await said('deep', 'b', 'c', 'd', 'e', 'b', 'f', 'g');
    await settle(clock);
    peer.read();
    clock.turn();
    expect(told(peer)).toEqual(['price 1', 'price 3', 'price 4']);
    await said('deep', 'g');
    await settle(clock);
    expect(told(peer)).toEqual(['price 1', 'price 3', 'price 4', 'price 5', 'price 6', 'price 7', 'price 9']);
    await closeUnder(clock, hub);
  });

  // RT-GAP-6
  test('whoever has missed what is no longer kept is told so, and goes on with the newest', async () => {
    const { clock, hub, said } = world();
    const peer = new SimulatedPeer('channel=short');
    await hub.handle(peer, () => null);
    peer.stop();
    for (let n = 0; n < 10; n += 1) {
      await said('short', 'a', 'b');
      await settle(clock);
    }
    peer.read();
    await settle(clock);
    expect(told(peer)).toEqual(['price 1', 'price 2', 'rt.gap 15', 'price 19', 'price 20']);
    await closeUnder(clock, hub);
  });

  // RT-STATE-2
  test('a session is told that offsets may skip, and its place is that of the newest', async () => {
    const { clock, hub, said } = world();
    await said('deep', 'a', 'b', 'a', 'a');
    const session = await SimulatedSession.open(hub, null, { subscriptions: [{ channel: 'deep', after: 'start' }] });
    await settle(clock);
    const [, subscribed, publications] = session.frames;
    expect(subscribed).toMatchObject({ type: 'subscribed', conflated: true });
    expect(publications).toMatchObject({
      position: await hub.channel('deep').position(),
      publications: [{ offset: 2 }, { offset: 4 }],
    });
    await closeUnder(clock, hub);
  });

  test('a page has everything: it is history', async () => {
    const { clock, hub, said } = world();
    await said('deep', 'a', 'a', 'a');
    const peer = new SimulatedPeer('channel=deep&after=start', { accept: 'application/json' });
    await hub.handle(peer, () => null);
    expect((JSON.parse(peer.body) as { publications: unknown[] }).publications).toHaveLength(3);
    await closeUnder(clock, hub);
  });
});
