import type { End, Framing, Session, Transport } from '@rt/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatePipe } from '../src/late-pipe.ts';

const encode = (text: string): Uint8Array => Buffer.from(text);
const framing: Framing = { name: 'test', frame: encode, heartbeat: encode };

/** A session that writes whenever it may, as the core does, and a wire that takes what it gets. */
class World {
  readonly sent: number[] = [];
  readonly arrived: number[] = [];
  readonly ends: End[] = [];
  writable = true;
  finished = false;
  opened = false;
  gaveUp = 0;
  readonly session: Session = {
    receive: () => {},
    drained: () => (this.writable = true),
    closed: (end) => this.ends.push(end),
  };
  readonly pipe = new LatePipe(framing, this.session, () => (this.gaveUp += 1));
  #full = false;

  readonly wire: Transport = {
    framing,
    write: (bytes) => {
      this.arrived.push(...bytes);
      return !this.#full;
    },
    end: () => this.session.closed({ type: 'done' }),
    abort: () => this.session.closed({ type: 'done' }),
  };

  run(step: Step): void {
    const over = this.finished || this.ends.length > 0;
    switch (step.type) {
      case 'write':
        // Replies are also written to a peer that is slow.
        if (over || (!this.writable && !step.anyway)) return;
        this.sent.push(this.sent.length % 256);
        this.writable = this.pipe.write(new Uint8Array([this.sent.at(-1) ?? 0])) && this.writable;
        return;
      case 'open':
        this.opened ||= this.ends.length === 0;
        this.pipe.open(() => this.wire);
        return;
      case 'full':
        this.#full = true;
        return;
      case 'drain':
        this.#full = false;
        if (this.opened && !over) this.session.drained();
        return;
      case 'end':
        if (!over) this.pipe.end(1);
        this.finished = true;
        return;
      case 'abort':
        if (!over) this.pipe.abort();
        this.finished = true;
        return;
      case 'fail':
        this.pipe.fail({ type: 'failed' });
    }
  }
}

type Step =
  | { readonly type: 'write'; readonly anyway: boolean }
  | { readonly type: 'open' | 'full' | 'drain' | 'end' | 'abort' | 'fail' };

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: fc.constant('write' as const), anyway: fc.boolean() }) },
    { weight: 2, arbitrary: fc.constantFrom<Step>({ type: 'open' }, { type: 'full' }, { type: 'drain' }) },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ type: 'end' }, { type: 'abort' }, { type: 'fail' }) },
  ),
  { maxLength: 40 },
);

// RT-HOST-9
test('whatever comes in which order: nothing is lost, nothing comes twice, and the end is told once', () => {
  fc.assert(
    fc.property(steps, (schedule) => {
      const world = new World();
      for (const step of schedule) world.run(step);
      // Whoever has opened it sent all that was written, in order; who has not, nothing.
      expect(world.arrived).toEqual(world.opened ? world.sent : []);
      expect(world.ends.length).toBeLessThanOrEqual(1);
      world.run({ type: 'abort' });
      world.pipe.open(() => world.wire);
      world.pipe.fail({ type: 'failed' });
      expect(world.ends).toHaveLength(1);
    }),
    { numRuns: 2000 },
  );
});

test('there is room as soon as what was kept has been taken, and not before', () => {
  const world = new World();
  expect(world.pipe.write(new Uint8Array([1]))).toBe(false);
  world.writable = false;
  world.pipe.open(() => world.wire);
  expect([world.arrived, world.writable]).toEqual([[1], true]);
  expect(world.pipe.write(new Uint8Array([2]))).toBe(true);
});

test('giving up before there is a wire makes sure that there will be none', () => {
  const world = new World();
  world.pipe.abort();
  expect([world.gaveUp, world.ends]).toEqual([1, [{ type: 'done' }]]);
  world.pipe.open(() => world.wire);
  expect(world.pipe.write(new Uint8Array([1]))).toBe(false);
  expect(world.arrived).toEqual([]);
});
