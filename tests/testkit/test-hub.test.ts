import { channel, defineChannels } from '@rt/core';
import { createTestHub } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const muted = new Set<string>();

const channels = defineChannels({
  'room:{roomId}': channel({
    events: { message: z.object({ text: z.string() }), blob: z.instanceof(Uint8Array) },
    keep: { count: 10, forMs: 60_000 },
    subscribe: ({ user }) => user !== null && !muted.has('everybody'),
    publish: async ({ user }) => !muted.has((user as { id: string }).id),
    send: 'anyone',
    presence: z.object({ name: z.string() }),
    enter: ({ user }) => user !== null && !muted.has('everybody'),
  }),
});

const hi = { text: 'hi' };
const user = { id: 'ada' };

describe('createTestHub', () => {
  test('a client follows a channel, publishes, and is refused in words', async () => {
    const ground = createTestHub({ channels });
    const ada = ground.client({ user });
    const bob = ground.client({ user: { id: 'bob' } });
    await ada.subscribe('room:1');
    const position = await bob.publish('room:1', 'message', hi);
    expect(await ada.next('message')).toEqual({ channel: 'room:1', event: 'message', data: hi, position });
    await ground.hub.channel('room:1').publish('blob', new Uint8Array([1, 2]));
    expect((await ada.next()).data).toEqual(new Uint8Array([1, 2]));
    muted.add('bob');
    await expect(bob.publish('room:1', 'message', hi)).rejects.toMatchObject({ code: 'publish_denied' });
    muted.clear();
    await expect(ground.client().subscribe('room:1')).rejects.toMatchObject({ code: 'subscribe_denied' });
    await ground.close();
    expect(ground.clock.waiting).toBe(0);
  });

  test('a cut network loses nothing', async () => {
    const ground = createTestHub({ channels });
    const ada = ground.client({ user });
    await ada.subscribe('room:1');
    ground.cutNetwork();
    await ground.hub.channel('room:1').publish('message', hi);
    await expect(ada.publish('room:1', 'message', hi)).rejects.toThrow('the network is cut');
    await ground.restoreNetwork();
    expect((await ada.next('message')).data).toEqual(hi);
    await ground.close();
  });

  test('what is no longer kept, and what died with its node, is a gap', async () => {
    const ground = createTestHub({ channels });
    const ada = ground.client({ user });
    await ada.subscribe('room:1');
    ground.cutNetwork();
    await ground.hub.channel('room:1').publish('message', hi);
    ground.trimHistory();
    await ground.restoreNetwork();
    expect((await ada.nextGap()).reason).toBe('trimmed');
    ground.killNode();
    await ground.restoreNetwork();
    expect((await ada.nextGap()).reason).toBe('epoch_changed');
    await ground.close();
  });

  test('handlers answer, time passes, and permissions end', async () => {
    const tokens = (): { user: { id: string }; expiresInMs: number } => ({ user, expiresInMs: 1000 });
    const ground = createTestHub({ channels, auth: { tokens } });
    ground.hub.on('room:{roomId}', 'double', ({ data, params }) => [Number(data) * 2, params.roomId]);
    const ada = ground.client({ user });
    expect(await ada.send('room:7', 'double', 21)).toEqual([42, '7']);
    await ada.subscribe('room:7');
    void ground.hub.revoke({ user: 'ada', channel: 'room:7' });
    await ground.pass(0);
    expect(ada.ended?.code).toBe('permission_revoked');
    void ground.hub.disconnect({ user: 'ada' });
    expect(ada.ended?.code).toBe('disconnected');
    await ground.pass(60_000);
    await ground.close();
    expect(ground.clock.waiting).toBe(0);
  });

  test('waiting for what does not come fails', async () => {
    const ground = createTestHub({ channels });
    const ada = ground.client({ user });
    await ada.subscribe('room:1');
    await expect(ada.next('message')).rejects.toThrow('waited for the event "message", and it did not come');
    await ground.close();
  });

  // RT-PRESENCE-3
  test('clients are members, and see each other; a cut within the grace shows nothing', async () => {
    const ground = createTestHub({ channels });
    const ada = ground.client({ user });
    const bob = ground.client({ user: { id: 'bob' } });
    const names = async (by = ada): Promise<readonly string[]> => (await by.members('room:1')).map((each) => each.user);
    await ada.subscribe('room:1', { presence: true });
    await bob.enter('room:1', { name: 'Bob' });
    expect(await ada.members('room:1')).toEqual([{ user: 'bob', state: { name: 'Bob' }, connections: 1 }]);
    await ada.enter('room:1', { name: 'Ada' });
    // Who has not subscribed to it asks.
    expect(await names(bob)).toEqual(['bob', 'ada']);
    await bob.enter('room:1', { name: 'Bobby' });
    expect(await ada.members('room:1')).toContainEqual({ user: 'bob', state: { name: 'Bobby' }, connections: 1 });
    await expect(bob.enter('room:1', { name: 7 })).rejects.toMatchObject({ code: 'member_invalid' });
    await expect(ground.client().enter('room:1')).rejects.toMatchObject({ code: 'enter_denied' });
    const events: string[] = [];
    ground.hub.onPresence((event) => void events.push(event.type));
    ground.cutNetwork();
    await ground.pass(9_000);
    await ground.restoreNetwork();
    expect(await names()).toEqual(['bob', 'ada']);
    await bob.leave('room:1');
    expect(await names()).toEqual(['ada']);
    expect(events.filter((type) => type === 'left' || type === 'joined')).toEqual(['left']);
    await ground.close();
    expect(ground.clock.waiting).toBe(0);
  });

  test('who is away for longer than the grace, closes in good order, or may not be there any more, has left', async () => {
    const ground = createTestHub({ channels });
    const [ada, bob] = [ground.client({ user }), ground.client({ user: { id: 'bob' } })];
    const seen = async (): Promise<readonly string[]> => (await ada.members('room:1')).map((each) => each.user);
    await ada.subscribe('room:1', { presence: true });
    const events: string[] = [];
    ground.hub.onPresence((event) => void events.push(event.type === 'left' ? `${event.user} left` : event.type));
    await bob.enter('room:1', { name: 'Bob' });
    ground.cutNetwork();
    await ground.pass(11_000);
    expect(events).toContain('bob left');
    await ground.restoreNetwork();
    expect(await seen()).toEqual(['bob']);
    bob.close();
    expect(await seen()).toEqual([]);
    await bob.enter('room:1', { name: 'Bob' });
    expect(await seen()).toEqual(['bob']);
    void ground.hub.revoke({ user: 'bob', channel: 'room:1' });
    expect(await seen()).toEqual([]);
    await ground.pass(0);
    expect(bob.ended?.code).toBe('permission_revoked');
    // What died with its node is entered again by whoever comes back, unless it may not be.
    await bob.enter('room:1', { name: 'Bob' });
    ground.killNode();
    await ground.restoreNetwork();
    expect(await seen()).toEqual(['bob']);
    ground.cutNetwork();
    muted.add('everybody');
    await ground.restoreNetwork();
    muted.clear();
    expect(bob.ended?.code).toBe('enter_denied');
    await ground.close();
  });
});
