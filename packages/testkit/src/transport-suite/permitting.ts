import assert from 'node:assert/strict';
import type { HubOptions } from '@rt/core';
import type { Case } from './ground.ts';
import { comes, seen } from './subscribing.ts';

/** `ada`, `ada:admin` or `ada::500`: a user, a role, and how long it is good for. */
function tokens(token: string): { user: { id: string; role: string }; expiresInMs?: number } | null {
  if (token === 'bad') return null;
  if (token === 'broken') throw new Error('this verifier is broken on purpose');
  const [id = '', role = '', expiresInMs] = token.split(':');
  return { user: { id, role }, ...(expiresInMs !== undefined && { expiresInMs: Number(expiresInMs) }) };
}

const withTokens: HubOptions = { auth: { tokens } };

/** Who a session is, what it may, and how that ends. */
export function permitting(cell: Case): void {
  // RT-PERM-7
  cell(
    'token: says who it is, in the place of the host’s user',
    async (ground) => {
      ground.hub.on('room:{id}', 'who', ({ user }) => user);
      const client = await ground.open([{ channel: 'own:ada' }], { user: 'bob', connect: { token: 'ada' } });
      await client.next('subscribed');
      const answer = await client.ask({ type: 'send', channel: 'room:1', event: 'who', data: null });
      assert.deepEqual(answer.type === 'answered' && answer.data, { id: 'ada', role: '' });
    },
    withTokens,
  );

  // RT-PERM-7
  cell(
    'token: one that is refused opens nothing',
    async (ground) => {
      for (const token of ['bad', 'broken']) {
        const opened = await ground.tryToOpen({ token });
        assert.ok(opened.type === 'refused');
        assert.deepEqual([opened.error.code, opened.error.retryable], ['token_invalid', false]);
      }
    },
    withTokens,
  );

  cell('token: where none is verified, bringing one is refused', async (ground) => {
    const opened = await ground.tryToOpen({ token: 'ada' });
    assert.equal(opened.type === 'refused' && opened.error.code, 'tokens_unsupported');
  });

  // RT-PERM-8
  cell(
    'token: when it expires the session ends',
    async (ground) => {
      const client = await ground.open([{ channel: 'room:1' }], { connect: { token: 'ada::150' } });
      const [connected] = client.frames;
      assert.equal(connected?.type === 'connected' && connected.expiresInMs, 150);
      const { bye } = await client.ended();
      assert.deepEqual([bye?.error.code, bye?.retryInMs], ['token_expired', null]);
    },
    withTokens,
  );

  // RT-PERM-8
  cell(
    'token: a new one keeps the session alive, with what the user has become',
    async (ground) => {
      ground.hub.on('room:{id}', 'who', ({ user }) => user);
      const client = await ground.open([{ channel: 'room:1' }], { connect: { token: 'ada::400' } });
      const answer = await client.ask({ type: 'refresh', token: 'ada:admin:60000' });
      assert.deepEqual(answer, { type: 'refreshed', id: 2, expiresInMs: 60_000 });
      const who = await client.ask({ type: 'send', channel: 'room:1', event: 'who', data: null });
      assert.deepEqual(who.type === 'answered' && who.data, { id: 'ada', role: 'admin' });
      await ground.publish('still here');
      await comes(client, 'still here');
    },
    withTokens,
  );

  // RT-PERM-13
  cell(
    'token: one that is refused, or of another user, changes nothing',
    async (ground) => {
      const client = await ground.open([], { connect: { token: 'ada' } });
      for (const token of ['bad', 'bob']) {
        const answer = await client.ask({ type: 'refresh', token });
        assert.equal(answer.type === 'error' && answer.error.code, 'token_invalid');
      }
      assert.equal((await client.ask({ type: 'subscribe', channel: 'own:ada' })).type, 'subscribed');
    },
    withTokens,
  );

  // RT-PERM-3
  cell(
    'token: with a new one every rule is asked again',
    async (ground) => {
      const client = await ground.open([{ channel: 'asked:1' }, { channel: 'room:1' }], { connect: { token: 'ada' } });
      await client.next('subscribed', ({ channel }) => channel === 'asked:1');
      ground.permissions.denied.add('subscribe');
      assert.equal((await client.ask({ type: 'refresh', token: 'ada:guest' })).type, 'refreshed');
      const { channel, error, id } = await client.next('unsubscribed');
      assert.deepEqual([channel, error?.code, id], ['asked:1', 'subscribe_denied', undefined]);
      await ground.hub.channel('asked:1').publish('said', 'for nobody');
      await ground.publish('still here');
      await comes(client, 'still here');
      assert.equal(seen(client, 'asked:1').length, 0);
    },
    withTokens,
  );

  // RT-PERM-2
  cell('permission: is asked again on resume', async (ground) => {
    const first = await ground.open([{ channel: 'asked:1' }]);
    const { position } = await first.next('subscribed');
    first.cut();
    ground.permissions.denied.add('subscribe');
    await ground.hub.channel('asked:1').publish('said', 'secret');
    const second = await ground.open([{ channel: 'asked:1', after: position }]);
    const { channel, error } = await second.next('error');
    assert.deepEqual([channel, error.code], ['asked:1', 'subscribe_denied']);
    assert.equal(seen(second, 'asked:1').length, 0);
  });

  // RT-PERM-6
  cell('permission: a rule that throws denies, and says so to come back later', async (ground) => {
    const client = await ground.open();
    const answer = await client.ask({ type: 'subscribe', channel: 'broken:1' });
    assert.ok(answer.type === 'error');
    assert.deepEqual([answer.error.code, answer.error.retryable], ['rule_failed', true]);
  });

  // RT-PERM-4
  cell('revoke: ends the subscription at once, of that user alone', async (ground) => {
    const ada = await ground.open([{ channel: 'room:1' }, { channel: 'room:2' }], { user: 'ada' });
    const bob = await ground.open([{ channel: 'room:1' }], { user: 'bob' });
    await ada.next('subscribed', ({ channel }) => channel === 'room:2');
    await bob.next('subscribed');
    void ground.hub.revoke({ user: 'ada', channel: 'room:1' });
    await ground.publish('secret');
    const { channel, error, id } = await ada.next('unsubscribed');
    assert.deepEqual([channel, error?.code, id], ['room:1', 'permission_revoked', undefined]);
    await comes(bob, 'secret');
    await ground.hub.channel('room:2').publish('said', 'open');
    await comes(ada, 'open', 'room:2');
    assert.equal(seen(ada).length, 0);
  });

  // RT-PERM-4
  cell('revoke: while the rule is being asked, it is asked again', async (ground) => {
    const client = await ground.open([], { user: 'ada' });
    const release = ground.permissions.hold();
    client.send({ type: 'subscribe', id: 2, channel: 'asked:1' });
    await client.ask({ type: 'ping', id: 3 });
    ground.permissions.denied.add('subscribe');
    void ground.hub.revoke({ user: 'ada', channel: 'asked:1' });
    release();
    const { id, error } = await client.next('error');
    assert.deepEqual([id, error.code], [2, 'subscribe_denied']);
    assert.equal(ground.count('subscribed'), 0);
  });

  // RT-PERM-5
  cell('disconnect: ends every session of the user at once, and of nobody else', async (ground) => {
    const sessions = [await ground.open([], { user: 'ada' }), await ground.open([], { user: 'ada' })];
    const bob = await ground.open([], { user: 'bob' });
    void ground.hub.disconnect({ user: 'ada' });
    for (const session of sessions) {
      const { bye } = await session.ended();
      assert.deepEqual([bye?.error.code, bye?.retryInMs], ['disconnected', null]);
    }
    assert.equal((await bob.ask({ type: 'ping' })).type, 'pong');
  });
}
