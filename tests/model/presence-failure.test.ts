import type { HubEvent, PresenceStore } from '@rt/core';
import { channel, createHub, defineChannels, memoryPresence } from '@rt/core';
import type { ServerFrame } from '@rt/protocol';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

const channels = defineChannels({
  'room:{id}': channel({ events: { said: z.string() }, subscribe: 'anyone', enter: 'anyone', presence: {} }),
});
const ada = { id: 'ada' };

/** A hub over a store that fails where it is told to. */
async function ground() {
  const clock = createVirtualClock();
  const runtime = { clock, random: seededRandom(1) };
  const store = memoryPresence(runtime);
  const broken = new Set<string>();
  const over = <Result>(what: string, run: () => Promise<Result>): Promise<Result> =>
    broken.has(what) ? Promise.reject(new Error(`the store cannot ${what}`)) : run();
  const failing: PresenceStore = {
    open: (sink) => store.open(sink),
    listen: () => over('listen', () => store.listen()),
    enter: (...entering) => over('enter', () => store.enter(...entering)),
    leave: (...leaving) => over('leave', () => store.leave(...leaving)),
    expel: (...expelling) => over('expel', () => store.expel(...expelling)),
    follow: (place) => over('follow', () => store.follow(place)),
    unfollow: (place) => over('unfollow', () => store.unfollow(place)),
    look: (place) => over('look', () => store.look(place)),
    close: () => store.close(),
  };
  const stages: string[] = [];
  const observe = (event: HubEvent): void => {
    if (event.type === 'error') stages.push(event.stage);
  };
  const hub = createHub({ channels, runtime, heartbeat: false, presence: { store: failing }, observe });
  const session = await SimulatedSession.open(hub, ada);
  const ask = async (frame: Readonly<Record<string, unknown>>): Promise<ServerFrame | null> => {
    const id = session.send({ channel: 'room:1', ...frame });
    await settle(clock);
    return session.answer(id);
  };
  const count = async (): Promise<number> => (await store.look('room:1')).count;
  return { clock, hub, broken, stages, session, ask, count };
}

const internal = { type: 'error', error: { code: 'internal' } };

describe('a presence store that fails', () => {
  test('enter, members and subscribe are refused, the session goes on, and nothing is held', async () => {
    const { clock, hub, broken, session, ask, count } = await ground();
    for (const what of ['enter', 'look', 'follow']) broken.add(what);
    expect(await ask({ type: 'enter' })).toMatchObject(internal);
    expect(await ask({ type: 'members' })).toMatchObject(internal);
    expect(await ask({ type: 'subscribe', presence: true })).toMatchObject(internal);
    expect(await ask({ type: 'subscribe' })).toMatchObject({ type: 'subscribed' });
    expect(await ask({ type: 'unsubscribe' })).toMatchObject({ type: 'unsubscribed' });
    broken.clear();
    expect(await ask({ type: 'subscribe', presence: true })).toMatchObject({ presence: { count: 0 } });
    expect(await ask({ type: 'enter' })).toMatchObject({ type: 'entered' });
    expect(await count()).toBe(1);
    session.leave();
    expect(await count()).toBe(0);
    await closeUnder(clock, hub);
    expect(clock.waiting).toBe(0);
  });

  test('a leave that fails is refused, and can be said again', async () => {
    const { clock, hub, broken, ask, count } = await ground();
    await ask({ type: 'enter' });
    broken.add('leave');
    expect(await ask({ type: 'leave' })).toMatchObject(internal);
    expect(await count()).toBe(1);
    broken.clear();
    expect(await ask({ type: 'leave' })).toMatchObject({ type: 'left' });
    expect(await count()).toBe(0);
    await closeUnder(clock, hub);
  });

  test('what nobody can be told is told to the observer', async () => {
    const { clock, hub, broken, stages, session, ask } = await ground();
    hub.onPresence(() => {});
    await ask({ type: 'enter' });
    broken.add('leave').add('enter');
    void hub.revoke({ user: 'ada', channel: 'room:1' });
    await settle(clock);
    expect(session.frames.at(-1)).toMatchObject({ type: 'left', error: { code: 'permission_revoked' } });
    const other = await SimulatedSession.open(hub, ada);
    other.cut();
    session.cut();
    await settle(clock);
    expect(stages).toEqual(['presence', 'presence', 'presence', 'presence']);
    await closeUnder(clock, hub);
    expect(clock.waiting).toBe(0);
  });
});
