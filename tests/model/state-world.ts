import type { Hub, Keep } from '@rt/core';
import { channel, createHub, defineChannels, keyed } from '@rt/core';
import type { VirtualClock } from '@rt/testkit';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import { expect } from 'vitest';
import { z } from 'zod';
import { closeUnder, settle } from '../support/settle.ts';
import { ReferenceState } from './reference-state.ts';
import type { StateReader } from './state-reader.ts';
import { stateReader } from './state-reader.ts';
import type { StateStep } from './state-schedule.ts';
import { StateView } from './state-view.ts';

const is = keyed(z.object({ key: z.string(), data: z.string() }), { by: ({ key }) => key });
const gone = keyed(z.object({ key: z.string() }), { by: ({ key }) => key, removes: true });

/** What a schedule is played under. */
export interface StateRules {
  readonly count: number;
  readonly forMs: number;
  readonly everyMs: number;
  readonly slow: 'resume' | 'conflate';
}

type StateHub = Hub<{ readonly 'board:{id}': { readonly is: typeof is; readonly gone: typeof gone } }>;

/** A hub with a state channel under a virtual clock, beside its reference. */
class StateWorld {
  readonly clock: VirtualClock = createVirtualClock();
  readonly hub: StateHub;
  readonly reference: ReferenceState;
  readonly readers: StateReader[] = [];
  readonly #gaps = { told: 0 };

  constructor({ count, forMs, everyMs, slow }: StateRules, seed: number) {
    const keep: Keep = { count, forMs };
    this.reference = new ReferenceState(keep);
    const definition = channel({
      events: { is, gone },
      keep: { ...keep, newestPer: 'key' },
      subscribe: 'anyone',
      everyMs,
      slow,
    });
    this.hub = createHub({
      channels: defineChannels({ 'board:{id}': definition }),
      runtime: { clock: this.clock, random: seededRandom(seed) },
      heartbeat: false,
      observe: (event) => {
        if (event.type === 'gap') this.#gaps.told += 1;
      },
    });
  }

  get gaps(): number {
    return this.#gaps.told;
  }

  async take(next: StateStep): Promise<void> {
    this.reference.at(this.clock.now());
    switch (next.type) {
      case 'publish':
        await this.#publish(next.changes);
        break;
      case 'join':
        this.readers.push(
          stateReader(
            next.way,
            { hub: this.hub, clock: this.clock, channel: 'board:1' },
            new StateView(this.reference),
          ),
        );
        await this.readers.at(-1)?.come();
        break;
      case 'turns':
        for (let n = 0; n < next.count; n += 1) this.clock.turn();
        break;
      case 'pass':
        for (let ms = 0; ms < next.ms; ms += 50) {
          this.clock.advance(50);
          this.reference.at(this.clock.now());
        }
        break;
      default: {
        const reader = this.readers[next.reader % Math.max(1, this.readers.length)];
        if (next.type === 'page') await reader?.page(next.limit);
        else if (next.type === 'return') await reader?.come();
        else reader?.[next.type]();
      }
    }
    for (const reader of this.readers) reader.look();
  }

  async #publish(changes: Extract<StateStep, { type: 'publish' }>['changes']): Promise<void> {
    const board = this.hub.channel('board:1');
    const outcomes: Promise<unknown>[] = [];
    const expected: unknown[] = [];
    for (const { key, removes, size } of changes) {
      const data = `${this.reference.top + 1} `.padEnd(size, '.');
      const stored = this.reference.append({ key, removes, data, atMs: this.clock.now() });
      // The schema validates at once, so that the append happens within the call.
      const outcome = removes ? board.publish('gone', { key }) : board.publish('is', { key, data });
      outcomes.push(
        outcome.then(
          (position) => Number(position.split('.')[1]),
          (error: { code: string }) => error.code,
        ),
      );
      expected.push(stored ? this.reference.top : 'state_full');
    }
    expect(await Promise.all(outcomes)).toEqual(expected);
  }

  async end(): Promise<void> {
    await settle(this.clock);
    for (const reader of this.readers) {
      reader.read();
      await reader.come();
    }
    await settle(this.clock);
    this.clock.advance(60_000);
    this.reference.at(this.clock.now());
    await settle(this.clock);
    for (const reader of this.readers) {
      reader.look();
      await reader.page(1);
      reader.view.finish();
    }
    await closeUnder(this.clock, this.hub);
    expect(this.clock.waiting).toBe(0);
  }
}

/** Runs a schedule, and fails if anybody ends with something else than what is true. Returns how many gaps were told. */
export async function playState(steps: readonly StateStep[], rules: StateRules, seed: number): Promise<number> {
  const world = new StateWorld(rules, seed);
  for (const next of steps) await world.take(next);
  await world.end();
  return world.gaps;
}
