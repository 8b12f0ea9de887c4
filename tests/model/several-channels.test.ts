import { parseCursor } from '@rt/protocol';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { testHub } from '../support/hub.ts';
import { settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

const names = ['open:1', 'open:2', 'open:3'] as const;

type Step =
  | { readonly type: 'publish'; readonly channel: number; readonly count: number }
  | { readonly type: 'turn' }
  | { readonly type: 'stop' | 'read'; readonly reader: number }
  /** Breaks the connection when only a part of what was on its way has been read, and comes back. */
  | { readonly type: 'cut'; readonly reader: number; readonly read: number };

const readerNumber = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('publish' as const),
      channel: fc.nat({ max: 2 }),
      count: fc.integer({ min: 1, max: 8 }),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ type: 'turn' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constantFrom('stop' as const, 'read' as const), reader: readerNumber }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('cut' as const), reader: readerNumber, read: fc.nat({ max: 5 }) }),
  },
);

/** A reader of several channels as a browser would be: it remembers one id, and nothing else. */
class Reader {
  readonly #hub: TestHub['hub'];
  readonly #query: string;
  /** How far the reader has come in each channel. */
  readonly at = new Map<string, number>();
  peer: SimulatedPeer;
  #lastId = '';

  constructor(hub: TestHub['hub'], channels: readonly string[]) {
    this.#hub = hub;
    this.#query = channels.map((name) => `channel=${name}`).join('&');
    this.peer = new SimulatedPeer(this.#query);
  }

  async connect(): Promise<void> {
    const headers = { accept: 'text/event-stream', ...(this.#lastId !== '' && { 'last-event-id': this.#lastId }) };
    this.peer = new SimulatedPeer(this.#query, headers);
    await this.#hub.handle(this.peer, () => null);
    expect(this.peer.head?.status).toBe(200);
    // A browser forgets its place at the end of a first block that has none.
    const [block = ''] = Buffer.from(this.peer.writes[0] ?? [])
      .toString('utf8')
      .split('\n\n');
    expect(block).toMatch(/^id: /m);
  }

  /** Takes the next items, all of them or so many. */
  take(most = Number.POSITIVE_INFINITY): void {
    for (const item of this.peer.items.splice(0, most)) {
      if (item.type === 'id') this.#placed(item.id);
      if (item.type === 'event') this.#event(item.event, JSON.parse(item.data) as Told);
      if (item.type === 'id' || item.type === 'event') {
        expect(item.id).not.toBe('');
        this.#lastId = item.id;
      }
      const told = parseCursor(this.#lastId);
      // The id says exactly how far the reader has come in every channel, unless more gaps are still to be told.
      if (item.type === 'event' && item.event === 'said') {
        expect(new Map([...(told ?? [])].map(([name, { offset }]) => [name, offset]))).toEqual(this.at);
      }
    }
  }

  /**
   * The first id says where it begins; the one after a cut says where it had come to. Of several gaps that were cut off
   * some may have been told: they are told again.
   */
  #placed(id: string): void {
    const places = [...(parseCursor(id) ?? [])].map(([name, { offset }]) => [name, offset] as const);
    if (this.#lastId !== '') expect(id).toBe(this.#lastId);
    for (const [name, offset] of places) {
      expect(offset).toBeLessThanOrEqual(this.at.get(name) ?? offset);
      this.at.set(name, offset);
    }
  }

  #event(event: string, told: Told): void {
    const at = this.at.get(told.channel) ?? 0;
    if (event === 'said') {
      expect(told.data).toBe(at + 1);
      this.at.set(told.channel, at + 1);
      return;
    }
    expect([event, told.reason]).toEqual(['rt.gap', 'trimmed']);
    const goesOn = Number(told.position?.split('.')[1]);
    expect(goesOn).toBeGreaterThan(at);
    this.at.set(told.channel, goesOn);
  }
}

interface Told {
  readonly channel: string;
  readonly data?: number;
  readonly reason?: string;
  readonly position?: string;
}

// RT-ORDER-4, RT-GAP-1
test('a reader of several channels misses and repeats nothing over any cuts, or is told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = createVirtualClock();
      const { hub } = testHub({ runtime: { clock, random: seededRandom(1) }, heartbeat: false });
      const tops = new Map<string, number>(names.map((name) => [name, 0]));
      // Two that are alike, and one that shares a part of their channels in another order.
      const readers = [new Reader(hub, names), new Reader(hub, names), new Reader(hub, ['open:3', 'open:1'])];
      for (const each of readers) await each.connect();
      for (const next of steps) {
        if (next.type === 'publish') {
          const name = names[next.channel] ?? 'open:1';
          for (let n = 0; n < next.count; n += 1) {
            const offset = (tops.get(name) ?? 0) + 1;
            tops.set(name, offset);
            void hub.channel(name).publish('said', offset);
          }
        } else if (next.type === 'turn') clock.turn();
        else {
          const one = readers[next.reader] as Reader;
          if (next.type === 'cut') {
            one.take(next.read);
            one.peer.leave();
            await one.connect();
          } else one.peer[next.type]();
        }
      }
      for (const each of readers) each.peer.read();
      await settle(clock);
      for (const each of readers) {
        each.take();
        // The first id comes with the first bytes: whoever has none was cut before it had read anything.
        expect(each.at.size).toBeGreaterThan(0);
        for (const [name, offset] of each.at) expect([name, offset]).toEqual([name, tops.get(name)]);
      }
      await hub.close();
      expect(clock.waiting).toBe(0);
    }),
    { numRuns: Number(process.env['RT_RUNS'] ?? 1000) },
  );
}, 60_000);
