import type { RequestHub } from '@rt/core';
import { channel, createHub, defineChannels } from '@rt/core';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { MemoryPost } from '../fuzz/memory-post.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

const json = { accept: 'application/json' };
const secret = 'what was said before';

/** A room that all may read but those who are denied, in which something was said. */
async function room() {
  const denied = new Set<unknown>();
  const hub = createHub({
    channels: defineChannels({
      room: channel({
        events: { said: z.unknown() },
        subscribe: ({ user }) => !denied.has(user),
        publish: 'anyone',
        presence: z.unknown(),
        enter: 'anyone',
      }),
    }),
    observe: () => {},
  });
  onTestFinished(() => hub.close({ withinMs: 100 }));
  const before = await hub.channel('room').publish('said', 'first');
  await hub.channel('room').publish('said', secret);
  return { hub, denied, before: String(before) };
}

async function answered(session: SimulatedSession, ids: readonly number[]): Promise<string> {
  while (ids.some((id) => session.answer(id) === null)) await new Promise(setImmediate);
  return JSON.stringify(session.frames);
}

async function subscribing(hub: RequestHub, asking: object): Promise<SimulatedSession> {
  const session = await SimulatedSession.open(hub, 'ada');
  session.send({ type: 'subscribe', ...asking });
  return session;
}

async function asked(hub: RequestHub, query: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const peer = new SimulatedPeer(query, headers);
  await hub.handle(peer, () => 'ada');
  return JSON.stringify([peer.body, peer.items]);
}

// RT-SAFE-12
test('who has lost a permission reads nothing any more, by whatever door', async () => {
  const { hub, denied, before } = await room();
  const open = await SimulatedSession.open(hub, 'ada');
  const stream = new SimulatedPeer('channel=room');
  const poll = new SimulatedPeer('channel=room&wait=50', json);
  await answered(open, [open.send({ type: 'subscribe', channel: 'room' })]);
  for (const peer of [stream, poll]) await hub.handle(peer, () => 'ada');
  denied.add('ada');
  await hub.revoke({ user: 'ada', channel: 'room' });
  await hub.channel('room').publish('said', secret);

  const places = [{}, { after: before }, { after: 'start' }, { last: 5 }];
  const frames = places.flatMap((place) => [
    { type: 'subscribe', channel: 'room', ...place },
    { type: 'history', channel: 'room', ...place },
  ]);
  const more = [
    { type: 'subscribe', channel: 'room', after: before, presence: true },
    { type: 'members', channel: 'room' },
    { type: 'publish', channel: 'room', event: 'said', data: 'mine', ifPosition: before },
  ];
  const over = [...frames, ...more];
  const told = [
    await answered(
      open,
      over.map((frame) => open.send(frame)),
    ),
  ];
  // Each in a session of its own: of several subscriptions to one channel only the first counts.
  const again = await Promise.all(
    places.flatMap((place) => [
      SimulatedSession.open(hub, 'ada', { subscriptions: [{ channel: 'room', ...place }] }),
      subscribing(hub, { channel: 'room', ...place }),
    ]),
  );
  for (const session of again) await answered(session, [session.send({ type: 'ping' })]);
  await hub.channel('room').publish('said', secret);
  for (const session of again) told.push(await answered(session, [session.send({ type: 'ping' })]));
  for (const place of ['', '&after=start', '&last=5', `&after=${before}`, `&after=${before}&wait=0`]) {
    told.push(await asked(hub, `channel=room${place}`, json));
    told.push(await asked(hub, `channel=room${place}`, { accept: 'text/event-stream' }));
  }
  told.push(await asked(hub, 'channel=room', { accept: 'text/event-stream', 'last-event-id': before }));
  const post = new MemoryPost('', over.map((frame, at) => JSON.stringify({ ...frame, id: at + 1 })).join('\n'));
  await hub.handle(post, () => 'ada');
  told.push(post.body, JSON.stringify([stream.items, poll.body]));
  for (const text of told) expect(text).not.toContain(secret);
  // The doors are those that show it to others.
  expect(await asked(hub, `channel=room&after=${before}`, json)).toContain('subscribe_denied');
  denied.clear();
  expect(await asked(hub, `channel=room&after=${before}`, json)).toContain(secret);
  for (const session of [open, ...again]) session.leave();
});

// RT-SAFE-12
test('who may publish and not read is told of a conflict, and not with what', async () => {
  const { hub, denied, before } = await room();
  const conflict = async (user: string): Promise<unknown> => {
    const session = await SimulatedSession.open(hub, user);
    const publish = { type: 'publish', channel: 'room', event: 'said', data: 'mine', ifPosition: before };
    const id = session.send(publish);
    await answered(session, [id]);
    session.leave();
    return session.answer(id);
  };
  denied.add('writer');
  const position = expect.stringMatching(/\.2$/);
  expect(await conflict('writer')).toMatchObject({
    error: { code: 'conflict', retryable: false, conflict: { position, newest: null } },
  });
  expect(await conflict('reader')).toMatchObject({
    error: { code: 'conflict', conflict: { position, newest: { event: 'said', data: secret } } },
  });
});
