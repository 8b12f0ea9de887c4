import type { Broker, Hub, Keep, LogView } from '@rt/core';
import { channel, createHub, defineChannels, maxHeldOver, memoryBroker } from '@rt/core';
import type { SseItem } from '@rt/protocol';
import { parsePosition } from '@rt/protocol';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import { expect } from 'vitest';
import { z } from 'zod';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { ReferenceLog } from './reference-log.ts';
import type { Begin, Step } from './schedule.ts';

const name = 'room:1';

/** One subscriber with what the model knows of it. */
interface Reader {
  readonly peer: SimulatedPeer;
  /** Where the model says it begins, and the gap it must be told first. */
  readonly from: number;
  readonly gap: string | null;
  /** Whether it stopped reading, or began too far back to be given all at once: only then may it lose its place. */
  slow: boolean;
  /** The model's floor at each write that told a gap: nothing that is kept may be skipped. */
  readonly floors: number[];
}

/** The memory broker, with its logs in sight. */
function transparent(broker: Broker, logs: LogView[]): Broker {
  return Object.assign(Object.create(broker) as Broker, {
    capabilities: broker.capabilities,
    open: broker.open.bind(broker),
    unfollow: broker.unfollow.bind(broker),
    append: broker.append.bind(broker),
    read: broker.read.bind(broker),
    close: broker.close.bind(broker),
    async follow(channelName: string, kept: Keep) {
      const followed = await broker.follow(channelName, kept);
      logs.push(followed.log);
      return followed;
    },
  });
}

/** A hub under a virtual clock beside its model. */
class World {
  readonly clock = createVirtualClock();
  readonly logs: LogView[] = [];
  readonly model: ReferenceLog;
  readonly readers: Reader[] = [];
  readonly hub: Hub<{ readonly 'room:{id}': { readonly said: z.ZodString } }>;
  readonly #keep: Keep;
  #epoch = '';

  constructor(keep: Keep, seed: number) {
    this.#keep = keep;
    this.model = new ReferenceLog(keep);
    const runtime = { clock: this.clock, random: seededRandom(seed) };
    const channels = defineChannels({
      'room:{id}': channel({ events: { said: z.string() }, keep, subscribe: 'anyone' }),
    });
    this.hub = createHub({ channels, runtime, broker: transparent(memoryBroker(runtime), this.logs) });
  }

  async begin(): Promise<void> {
    const { position } = await this.hub.channel(name).history({ last: 0 });
    this.#epoch = parsePosition(position)?.epoch ?? '';
  }

  async take(next: Step): Promise<void> {
    switch (next.type) {
      case 'publish':
        // More in one turn than a log may hold: then also those may miss something who read all the time.
        if (next.count > maxHeldOver) for (const reader of this.readers) reader.slow = true;
        for (let n = 0; n < next.count; n += 1) {
          const data = `${this.model.top + 1} `.padEnd(next.size, '.');
          void this.hub.channel(name).publish('said', data);
          // The schema validates at once, so that the append happens within the call.
          this.model.append(data, this.clock.now());
        }
        break;
      case 'subscribe':
        await this.#subscribe(next.begin, next.back);
        break;
      case 'turns':
        for (let n = 0; n < next.count; n += 1) this.clock.turn();
        break;
      case 'pass':
        this.clock.advance(next.ms);
        break;
      default: {
        const reader = this.readers[next.peer % Math.max(1, this.readers.length)];
        if (next.type === 'stop' && reader !== undefined) reader.slow = true;
        reader?.peer[next.type]();
      }
    }
    this.#checkBounds();
  }

  async #subscribe(begin: Begin, back: number): Promise<void> {
    const now = this.clock.now();
    const floor = this.model.floor(now);
    const { top } = this.model;
    const after = (offset: number, epoch = this.#epoch): string => `after=${epoch}.${offset}`;
    const resume = Math.max(floor, top - back);
    const cases: Record<string, readonly [query: string, from: number, gap: string | null]> = {
      live: ['', top, null],
      start: ['after=start', floor, null],
      resume: [after(resume), resume, null],
      trimmed: floor > 0 ? [after(floor - 1), floor, 'trimmed'] : [after(floor), floor, null],
      ahead: [after(top + 1 + back), top, 'ahead'],
      epoch: [after(back, 'zz'), floor, 'epoch_changed'],
    };
    const last = typeof begin === 'object' ? begin.last : 0;
    const [query, from, gap] =
      typeof begin === 'object'
        ? [`last=${last}`, Math.max(floor, top - last), null]
        : (cases[begin] ?? ['', top, null]);
    const peer = new SimulatedPeer(`channel=${name}&${query}`);
    const floors: number[] = [];
    peer.onWrite = (bytes) => {
      if (Buffer.from(bytes).includes('event: rt.gap')) floors.push(this.model.floor(this.clock.now()));
    };
    await this.hub.handle(peer, () => null);
    expect(peer.head?.status).toBe(200);
    const backlog = this.model.all.slice(from).reduce((chars, { data }) => chars + data.length + 10, 0);
    this.readers.push({ peer, from, gap, slow: backlog > 262_144, floors });
  }

  #checkBounds(): void {
    for (const log of this.logs) expect(log.size).toBeLessThanOrEqual(this.#keep.count + maxHeldOver);
  }

  async end(): Promise<void> {
    for (const { peer } of this.readers) peer.read();
    await settle(this.clock);
    for (const reader of this.readers) this.#check(reader);
    for (const log of this.logs) expect(log.size).toBeLessThanOrEqual(this.#keep.count);
    await closeUnder(this.clock, this.hub);
    for (const { peer } of this.readers) expect(peer.closed).toBe(true);
    expect(this.clock.waiting).toBe(0);
  }

  /** In order, gapless or told, exactly once, to the letter; and at the end nothing is missing. */
  #check({ peer, from, gap, slow, floors }: Reader): void {
    const events = peer.items.filter((item): item is Extract<SseItem, { type: 'event' }> => item.type === 'event');
    let at = from;
    let told = gap;
    let gaps = 0;
    for (const event of events) {
      const position = parsePosition(event.id);
      expect(position?.epoch).toBe(this.#epoch);
      const offset = position?.offset ?? -1;
      if (event.event === 'rt.gap') {
        const { reason, position: next } = JSON.parse(event.data) as { reason: string; position: string };
        expect(next).toBe(event.id);
        if (told === null) {
          // Later gaps are for those who stopped reading, and skip only what is no longer kept.
          expect([reason, slow]).toEqual(['trimmed', true]);
          expect(offset).toBeGreaterThan(at);
          expect(offset).toBe(floors[gaps]);
        } else expect([reason, offset]).toEqual([told, from]);
        told = null;
        at = offset;
        gaps += 1;
        continue;
      }
      expect(told).toBeNull();
      expect([event.event, offset]).toEqual(['said', at + 1]);
      expect(JSON.parse(event.data)).toBe(this.model.all[offset - 1]?.data);
      at = offset;
    }
    if (!peer.closed) expect([told, at]).toEqual([null, this.model.top]);
  }
}

/** Runs a schedule, and fails if what any reader saw is not what the model says. */
export async function run(steps: readonly Step[], keep: Keep, seed: number): Promise<void> {
  const world = new World(keep, seed);
  await world.begin();
  for (const next of steps) await world.take(next);
  await world.end();
}
