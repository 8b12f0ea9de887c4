import type { PresenceStore } from '@rt/core';
import { channel, createHub, defineChannels, memoryPresence } from '@rt/core';
import type { VirtualClock } from '@rt/testkit';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MembersView } from '../support/members-view.ts';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

const place = 'room:1';

/** Somebody who looks on, with when what has come. */
interface Observer {
  readonly session: SimulatedSession;
  readonly view: MembersView;
  readonly told: readonly { readonly atMs: number; readonly kind: 'all' | 'a few' | 'changes' }[];
}

interface Ground {
  readonly clock: VirtualClock;
  readonly come: (...users: readonly number[]) => Promise<void>;
  readonly go: (...users: readonly number[]) => Promise<void>;
  readonly observe: (from?: MembersView) => Promise<Observer>;
  /** Fails unless an observer sees who is there. */
  readonly check: (observer: Observer) => Promise<void>;
  readonly close: () => Promise<void>;
}

function ground(presence: { readonly listUpTo?: number; readonly mergeMs?: number }): Ground {
  const clock = createVirtualClock();
  const runtime = { clock, random: seededRandom(1) };
  const store: PresenceStore = memoryPresence(runtime);
  const rules = { subscribe: 'anyone', enter: 'anyone' } as const;
  const channels = defineChannels({ 'room:{id}': channel({ events: { said: z.string() }, ...rules, presence }) });
  const hub = createHub({ channels, runtime, heartbeat: false, presence: { store } });
  const attendant = (n: number) => ({ user: `user ${n}`, client: 'c', holder: 'h' });
  return {
    clock,
    async come(...users) {
      for (const n of users) await store.enter(place, attendant(n), 'null');
    },
    async go(...users) {
      for (const n of users) await store.leave(place, attendant(n), 0);
    },
    async observe(from) {
      const session = await SimulatedSession.open(hub, null);
      const view = new MembersView(from);
      const told: { atMs: number; kind: Observer['told'][number]['kind'] }[] = [];
      session.onFrame = (frame) => {
        if (frame.type === 'subscribed') view.begin(frame.presence);
        if (frame.type !== 'presence') return;
        view.take(frame);
        told.push({ atMs: clock.now(), kind: 'changed' in frame ? 'changes' : 'members' in frame ? 'all' : 'a few' });
      };
      session.send({ type: 'subscribe', channel: place, presence: from?.position ?? true });
      await settle(clock);
      return { session, view, told };
    },
    async check({ view }) {
      const { count, members } = await hub.channel(place).members();
      expect(view.count).toBe(count);
      const users = new Set(members.map(({ user }) => user));
      if (view.lists) expect(new Set(view.members.keys())).toEqual(users);
      else for (const user of view.members.keys()) expect(users).toContain(user);
    },
    close: () => closeUnder(clock, hub),
  };
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, n) => from + n);

describe('who is there, as it is told', () => {
  // RT-PRESENCE-8
  test('among a hundred members and more, what changes within mergeMs is told together', async () => {
    const { clock, come, go, observe, check, close } = ground({ mergeMs: 250 });
    await come(...range(0, 150));
    const observers = [await observe()];
    const random = seededRandom(7);
    for (let step = 0; step < 600; step += 1) {
      const user = 150 + Math.floor(random() * 100);
      await (random() < 0.5 ? come(user) : go(user));
      clock.advance(7);
      await settle(clock);
      // Whoever comes within the time begins with all there is.
      if (step % 50 === 25) observers.push(await observe());
    }
    for (const observer of observers) {
      for (const [index, { atMs, kind }] of observer.told.entries()) {
        expect(kind).toBe('changes');
        expect(atMs - (observer.told[index - 1]?.atMs ?? -Infinity)).toBeGreaterThanOrEqual(250);
      }
    }
    // No longer than that either, give or take the time between two changes.
    expect(observers[0]?.told.length).toBeGreaterThan((600 * 7) / (250 + 7) - 2);
    clock.advance(250);
    await settle(clock);
    for (const observer of observers) await check(observer);
    await close();
    expect(clock.waiting).toBe(0);
  });

  test('among fewer it is told at once, and the wait begins with the hundredth', async () => {
    const { clock, come, observe, check, close } = ground({ mergeMs: 250 });
    await come(...range(0, 90));
    const observer = await observe();
    for (const n of range(90, 99)) {
      await come(n);
      await settle(clock);
      await check(observer);
      clock.advance(1);
    }
    await come(99);
    await settle(clock);
    expect(observer.view.count).toBe(99);
    // The one before it was told a millisecond ago.
    clock.advance(248);
    await settle(clock);
    expect(observer.view.count).toBe(99);
    clock.advance(1);
    await settle(clock);
    expect(observer.view.count).toBe(100);
    await check(observer);
    await close();
  });

  // RT-PRESENCE-7
  test('of too many a few are told, and how many; all again when they are a fifth fewer than may be listed', async () => {
    const { clock, come, go, observe, check, close } = ground({ listUpTo: 30 });
    await come(...range(0, 30));
    const observer = await observe();
    expect(observer.view.lists).toBe(true);
    const counts: (readonly [count: number, lists: boolean])[] = [];
    const pass = async (): Promise<void> => {
      clock.advance(1000);
      await settle(clock);
      await check(observer);
      counts.push([observer.view.count, observer.view.lists]);
    };
    await come(30);
    await pass();
    expect(observer.view.members.size).toBe(20);
    for (const n of range(0, 7)) {
      await go(n);
      await pass();
    }
    for (const n of range(0, 7)) {
      await come(n);
      await pass();
    }
    expect(counts).toEqual([
      [31, false],
      ...range(0, 6).map((n) => [30 - n, false]),
      ...range(24, 31).map((n) => [n, true]),
      [31, false],
    ]);
    // Who comes in between begins as the others are told.
    const late = await observe();
    expect([late.view.count, late.view.lists]).toEqual([31, false]);
    await close();
  });

  test('a few are told once a second at most', async () => {
    const { clock, come, observe, check, close } = ground({ listUpTo: 0 });
    await come(0);
    const observer = await observe();
    for (const n of range(1, 100)) {
      await come(n);
      clock.advance(50);
      await settle(clock);
    }
    clock.advance(1000);
    await settle(clock);
    expect(observer.told.map(({ kind }) => kind)).toEqual(range(0, 6).map(() => 'a few'));
    for (const [index, { atMs }] of observer.told.entries()) {
      expect(atMs - (observer.told[index - 1]?.atMs ?? -Infinity)).toBeGreaterThanOrEqual(1000);
    }
    await check(observer);
    await close();
  });

  // RT-PRESENCE-6
  test.each([
    ['more have left than is remembered', 3000, 0],
    ['they have left longer ago than is remembered', 3, 61_000],
  ])('an observer that reads again when %s is told all', async (_, many, ms) => {
    const { clock, come, go, observe, check, close } = ground({});
    await come(...range(0, 5));
    const [slow, fast] = [await observe(), await observe()];
    const remembered = new MembersView(slow.view);
    slow.session.stop();
    // What is on its way already is not what it has missed.
    await come(5);
    await settle(clock);
    for (const n of range(100, 100 + many)) {
      await come(n);
      await settle(clock);
      await go(n);
      await settle(clock);
    }
    await go(0);
    clock.advance(ms);
    await come(6);
    await settle(clock);
    slow.session.read();
    await settle(clock);
    expect(slow.told.map(({ kind }) => kind)).toEqual(['changes', 'all']);
    await check(slow);
    // Somebody who comes back is as well, and one who has read all the time is not.
    const back = await observe(remembered);
    expect(back.told).toEqual([]);
    await check(back);
    expect(new Set(fast.told.map(({ kind }) => kind))).toEqual(new Set(['changes']));
    await check(fast);
    await close();
  });

  test('an observer that has missed little is told that alone, and whoever comes back too', async () => {
    const { clock, come, go, observe, check, close } = ground({});
    await come(...range(0, 5));
    const slow = await observe();
    const remembered = new MembersView(slow.view);
    slow.session.stop();
    for (const n of range(5, 50)) await come(n);
    await settle(clock);
    await go(...range(0, 10));
    await settle(clock);
    slow.session.read();
    await settle(clock);
    const back = await observe(remembered);
    for (const observer of [slow, back]) {
      expect(new Set(observer.told.map(({ kind }) => kind))).toEqual(new Set(['changes']));
      await check(observer);
    }
    await close();
  });

  test('all that leave and come within one turn, more than is remembered, are told as the list', async () => {
    const { clock, come, go, observe, check, close } = ground({});
    await come(...range(0, 5));
    const observer = await observe();
    await come(...range(10, 3000));
    await go(...range(10, 3000), 0);
    await come(1);
    await settle(clock);
    await check(observer);
    expect(observer.told.map(({ kind }) => kind)).toEqual(['all']);
    await close();
  });
});
