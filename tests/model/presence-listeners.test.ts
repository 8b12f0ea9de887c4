import type { HubEvent, PresenceEvent, PresenceListener } from '@rt/core';
import { channel, createHub, defineChannels, memoryPresence } from '@rt/core';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

const channels = defineChannels({
  'room:{id}': channel({ events: { said: z.string() }, subscribe: 'anyone', enter: 'anyone', presence: z.string() }),
});

const ada = { id: 'ada' };

function ground() {
  const clock = createVirtualClock();
  const runtime = { clock, random: seededRandom(1) };
  const store = memoryPresence(runtime);
  const errors: HubEvent[] = [];
  const hub = createHub({
    channels,
    runtime,
    heartbeat: false,
    presence: { store, graceMs: 1000 },
    observe: (event) => {
      if (event.type === 'error') errors.push(event);
    },
  });
  /** Somebody joins a room: one event. */
  const join = (user: number, room = 'room:1'): Promise<void> =>
    store.enter(room, { user: `${user}`, client: 'c', holder: 'h' }, '"here"');
  /** Lets time pass, a bit at a time, so that what waits for promises comes along. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 50) {
      clock.advance(Math.min(50, left));
      await settle(clock);
    }
  };
  const get = async (query: string, accept: string): Promise<SimulatedPeer> => {
    const peer = new SimulatedPeer(query, { accept });
    const handled = hub.handle(peer, () => ada);
    await settle(clock);
    await handled;
    return peer;
  };
  return { clock, store, hub, errors, join, pass, get };
}

/** What a listener is told, in short. */
function listening(): { readonly told: string[]; readonly listener: PresenceListener } {
  const told: string[] = [];
  return { told, listener: (event) => void told.push(short(event)) };
}

function short(event: PresenceEvent): string {
  if (event.type === 'missed') return `missed ${event.count}`;
  return `${event.type} ${'user' in event ? event.user : event.channel}`;
}

describe('listeners of presence', () => {
  // RT-PRESENCE-12
  test('one that throws or rejects is told the same again, ever later, and then the next; others are not held up', async () => {
    const { clock, hub, errors, join, pass } = ground();
    const tries: (readonly [atMs: number, event: string])[] = [];
    const other = listening();
    hub.onPresence((event) => {
      tries.push([clock.now(), short(event)]);
      if (tries.length % 2 === 0 && tries.length < 14) return Promise.reject(new Error('not now'));
      if (tries.length < 14) throw new Error('not now');
      return undefined;
    });
    hub.onPresence(other.listener);
    for (const user of [1, 2, 3]) await join(user);
    await settle(clock);
    expect(other.told).toEqual(['joined 1', 'joined 2', 'joined 3']);
    await pass(300_000);
    const waits = [0, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000, 30_000];
    let atMs = 0;
    const expected = waits.map((waitMs) => [(atMs += waitMs), 'joined 1']);
    expect(tries).toEqual([...expected, [atMs, 'joined 2'], [atMs, 'joined 3']]);
    expect(errors.map((error) => error.type === 'error' && error.stage)).toEqual(
      Array.from({ length: 13 }, () => 'listener'),
    );
    expect(other.told).toHaveLength(3);
    await closeUnder(clock, hub);
    expect(clock.waiting).toBe(0);
  });

  test('one is told one event after the other, however long it takes', async () => {
    const { clock, hub, join } = ground();
    const told: string[] = [];
    const finish: (() => void)[] = [];
    hub.onPresence(async (event) => {
      told.push(short(event));
      await new Promise<void>((resolve) => finish.push(resolve));
    });
    for (const user of [1, 2, 3]) await join(user);
    for (const events of [1, 2, 3]) {
      await settle(clock);
      expect(told).toHaveLength(events);
      finish.shift()?.();
    }
    await settle(clock);
    expect(told).toEqual(['joined 1', 'joined 2', 'joined 3']);
    await closeUnder(clock, hub);
  });

  // RT-PRESENCE-12
  test('one that is slower than 10,000 events is told how many it has missed, and then the newest', async () => {
    const { clock, hub, join } = ground();
    const told: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    hub.onPresence(async (event) => {
      told.push(short(event));
      await promise;
    });
    await join(-1);
    await settle(clock);
    for (let user = 0; user < 10_123; user += 1) await join(user);
    resolve();
    await settle(clock);
    expect(told.slice(0, 3)).toEqual(['joined -1', 'missed 123', 'joined 123']);
    expect(told.at(-1)).toBe('joined 10122');
    expect(told).toHaveLength(2 + 10_000);
    await join(20_000);
    await settle(clock);
    expect(told.at(-1)).toBe('joined 20000');
    await closeUnder(clock, hub);
  });

  test('what it is told: the member’s state, and sequences that rise', async () => {
    const { clock, store, hub, join } = ground();
    const events: PresenceEvent[] = [];
    hub.onPresence((event) => void events.push(event));
    await join(1);
    await join(1);
    await join(1, 'room:2');
    await store.leave('room:1', { user: '1', client: 'c', holder: 'h' }, 0);
    await settle(clock);
    const sequences = events.map((event) => (event.type === 'missed' ? 0 : event.sequence));
    expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
    expect(new Set(sequences).size).toBe(3);
    expect(events).toMatchObject([
      { type: 'joined', channel: 'room:1', user: '1', state: 'here' },
      { type: 'joined', channel: 'room:2', user: '1', state: 'here' },
      { type: 'left', channel: 'room:1', user: '1', state: 'here' },
    ]);
    await closeUnder(clock, hub);
  });

  test('the first is told of who is online, and what is read, already; one that is taken away of nothing more', async () => {
    const { clock, hub, join, pass } = ground();
    const session = await SimulatedSession.open(hub, ada);
    session.send({ type: 'subscribe', channel: 'room:1' });
    const gone = await SimulatedSession.open(hub, { id: 'bob' });
    await join(1);
    await settle(clock);
    gone.leave();
    await pass(2000);
    const [first, second] = [listening(), listening()];
    const remove = hub.onPresence(first.listener);
    hub.onPresence(second.listener);
    await settle(clock);
    expect(first.told.toSorted()).toEqual(['occupied room:1', 'online ada']);
    await join(2);
    await settle(clock);
    await join(3);
    remove();
    await settle(clock);
    expect(first.told.slice(2)).toEqual(['joined 2']);
    expect(second.told.slice(-2)).toEqual(['joined 2', 'joined 3']);
    await closeUnder(clock, hub);
  });

  // RT-PRESENCE-13
  test('a channel that is polled stays occupied between the polls, and is vacated a while after the last', async () => {
    const { clock, hub, pass, get } = ground();
    const { told, listener } = listening();
    hub.onPresence(listener);
    const room = hub.channel('room:1');
    let after = await room.position();
    for (let poll = 0; poll < 5; poll += 1) {
      const peer = await get(`channel=room:1&after=${after}&wait=10`, 'application/json');
      expect(peer.closed).toBe(false);
      after = (await room.publish('said', 'hi')) ?? '';
      await settle(clock);
      expect(peer.closed).toBe(true);
      await pass(950);
    }
    expect(told.filter((event) => event.includes('room:1'))).toEqual(['occupied room:1']);
    await pass(100);
    expect(told.filter((event) => event.includes('room:1'))).toEqual(['occupied room:1', 'vacated room:1']);
    // A page is no reader: it does not stay.
    await get('channel=room:1&last=1', 'application/json');
    await pass(2000);
    expect(told.filter((event) => event.includes('room:1'))).toHaveLength(2);
    await closeUnder(clock, hub);
  });

  // RT-PRESENCE-13
  test('a user is online from the first connection to the last, over whatever transports', async () => {
    const { clock, hub, pass, get } = ground();
    const { told, listener } = listening();
    hub.onPresence(listener);
    const online = (): readonly string[] => told.filter((event) => event.endsWith('ada'));
    const stream = await get('channel=room:1', 'text/event-stream');
    const session = await SimulatedSession.open(hub, ada);
    const position = await hub.channel('room:1').position();
    const poll = await get(`channel=room:1&after=${position}&wait=20`, 'application/json');
    await SimulatedSession.open(hub, null);
    await settle(clock);
    for (const go of [() => stream.leave(), () => session.leave(), () => poll.leave()]) {
      expect(online()).toEqual(['online ada']);
      go();
      await pass(950);
    }
    expect(online()).toEqual(['online ada']);
    await pass(100);
    expect(online()).toEqual(['online ada', 'offline ada']);
    // One that closes in good order does not come back in a moment.
    const last = await SimulatedSession.open(hub, ada);
    last.leave();
    await settle(clock);
    expect(online()).toEqual(['online ada', 'offline ada', 'online ada', 'offline ada']);
    // Nor does one that is sent away.
    await SimulatedSession.open(hub, ada);
    void hub.disconnect({ user: 'ada' });
    await settle(clock);
    expect(online()).toHaveLength(6);
    await closeUnder(clock, hub);
    expect(clock.waiting).toBe(0);
  });

  // RT-PRESENCE-14
  test('close: waits for what is still to be told, and tells no more', async () => {
    const { clock, hub, join } = ground();
    const told: string[] = [];
    const finish: (() => void)[] = [];
    const session = await SimulatedSession.open(hub, ada);
    session.send({ type: 'enter', channel: 'room:1', state: 'here' });
    await settle(clock);
    hub.onPresence(async (event) => {
      told.push(short(event));
      await new Promise<void>((resolve) => finish.push(resolve));
    });
    for (const user of [1, 2]) await join(user);
    let closed = false;
    const closing = hub.close({ withinMs: 10_000 }).then(() => {
      closed = true;
    });
    for (const events of [1, 2, 3]) {
      await settle(clock);
      expect([told.length, closed]).toEqual([events, false]);
      finish.shift()?.();
    }
    await closing;
    expect(told).toEqual(['online ada', 'joined 1', 'joined 2']);
    clock.advance(1_000_000);
    await settle(clock);
    expect(told).toHaveLength(3);
    expect(clock.waiting).toBe(0);
  });

  // RT-PRESENCE-14
  test('close: one that fails is told once more and no later, and what comes after it as well', async () => {
    const { clock, hub, join, pass } = ground();
    const told: string[] = [];
    hub.onPresence((event) => {
      told.push(short(event));
      if (short(event) === 'joined 1') throw new Error('never');
    });
    for (const user of [1, 2]) await join(user);
    await pass(1000);
    const tries = told.length;
    expect(tries).toBeGreaterThan(2);
    await closeUnder(clock, hub);
    expect(clock.now()).toBeLessThan(1500);
    expect(told.slice(tries)).toEqual(['joined 1', 'joined 2']);
    expect(clock.waiting).toBe(0);
  });

  // RT-PRESENCE-14
  test('close: does not wait longer for a listener that hangs than it may take', async () => {
    const { clock, hub, join, pass } = ground();
    const { told, listener } = listening();
    hub.onPresence(() => new Promise(() => {}));
    hub.onPresence(listener);
    for (const user of [1, 2]) await join(user);
    let closedAtMs = -1;
    const closing = hub.close({ withinMs: 700 }).then(() => {
      closedAtMs = clock.now();
    });
    await pass(650);
    expect([closedAtMs, told]).toEqual([-1, ['joined 1', 'joined 2']]);
    await pass(100);
    await closing;
    expect(closedAtMs).toBe(700);
    expect(clock.waiting).toBe(0);
  });
});
