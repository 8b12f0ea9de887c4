import assert from 'node:assert/strict';
import type { PresenceEvent } from '@rt/core';
import type { SessionClient } from '../session-client.ts';
import type { Case, Ground } from './ground.ts';
import { quick } from './ground.ts';
import { entered, lobby, member, observer, seenMembers, sees } from './presence.ts';

/** All that a client was told to have changed, as users. */
function toldOf(client: SessionClient): readonly string[] {
  return client.frames.flatMap((frame) =>
    frame.type === 'presence' && 'changed' in frame ? [...frame.changed.map(({ user }) => user), ...frame.left] : [],
  );
}

/** The user of a token, and who may enter by it. */
const withTokens = { auth: { tokens: (token: string) => ({ user: { id: token.split(':')[0] ?? '' } }) } };

/** How a member is one no more. */
export function presenceEnds(cell: Case): void {
  // RT-PRESENCE-3
  cell(
    'cut: whoever is back within the grace was never away, and whoever is not has left after it',
    async (ground) => {
      const [ada, bob] = [await entered(ground, 'ada', 'tab'), await entered(ground, 'bob', 'tab')];
      const watching = await observer(ground);
      ada.cut();
      await ground.observed('the cut', () => ground.count('connection_closed') === 1);
      // Ada is back, by the name that she has made up for her tab; Bob goes later, and does not come back.
      await entered(ground, 'ada', 'tab');
      bob.cut();
      await sees(watching, member('ada'));
      assert.deepEqual(toldOf(watching), ['bob']);
    },
    quick,
  );

  // RT-PRESENCE-3
  cell(
    'cut: one that comes back under another name, or none, is another client for a while',
    async (ground) => {
      const ada = await entered(ground, 'ada', 'tab');
      const watching = await observer(ground);
      ada.cut();
      await ground.observed('the cut', () => ground.count('connection_closed') === 1);
      await entered(ground, 'ada');
      await sees(watching, member('ada', null, 2));
      await sees(watching, member('ada', null, 1));
      assert.deepEqual(new Set(toldOf(watching)), new Set(['ada']));
    },
    quick,
  );

  cell(
    'the late end of a connection that was followed by another does no harm',
    async (ground) => {
      const old = await entered(ground, 'ada', 'tab');
      const watching = await observer(ground);
      await entered(ground, 'ada', 'tab');
      // The old one says that it leaves, and then its connection breaks.
      assert.equal((await old.ask({ type: 'leave', channel: lobby })).type, 'left');
      old.cut();
      await ground.observed('the cut', () => ground.count('connection_closed') === 1);
      const bob = await entered(ground, 'bob');
      bob.cut();
      await sees(watching, member('ada'), member('bob'));
      await sees(watching, member('ada'));
      assert.deepEqual(toldOf(watching), ['bob', 'bob']);
    },
    quick,
  );

  // RT-PRESENCE-11
  cell('revoke: the member is one no more at once, and is told so', async (ground) => {
    const [one, other] = [await entered(ground, 'ada'), await entered(ground, 'ada')];
    const bob = await entered(ground, 'bob');
    const watching = await observer(ground);
    void ground.hub.revoke({ user: 'ada', channel: lobby });
    for (const session of [one, other]) {
      const { id, channel, error } = await session.next('left');
      assert.deepEqual([id, channel, error?.code], [undefined, lobby, 'permission_revoked']);
    }
    await sees(watching, member('bob'));
    // It was nobody else's, and is not for good.
    assert.equal((await bob.ask({ type: 'enter', channel: lobby, state: 'here' })).type, 'entered');
    assert.equal((await one.ask({ type: 'enter', channel: lobby, state: 'back' })).type, 'entered');
    await sees(watching, member('bob', 'here'), member('ada', 'back'));
  });

  // RT-PRESENCE-11
  cell('revoke: while the rule is being asked, it is asked again', async (ground) => {
    const ada = await ground.open([], { user: 'ada' });
    const release = ground.permissions.hold();
    ada.send({ type: 'enter', id: 2, channel: lobby });
    await ada.ask({ type: 'ping', id: 3 });
    ground.permissions.denied.add('enter');
    void ground.hub.revoke({ user: 'ada', channel: lobby });
    release();
    const { id, error } = await ada.next('error');
    assert.deepEqual([id, error.code], [2, 'enter_denied']);
    assert.equal((await ground.hub.channel(lobby).members()).count, 0);
  });

  cell('disconnect: members leave at once', async (ground) => {
    const ada = await entered(ground, 'ada', 'tab');
    await entered(ground, 'bob', 'tab');
    const watching = await observer(ground);
    const begun = performance.now();
    void ground.hub.disconnect({ user: 'ada' });
    await sees(watching, member('bob'));
    assert.ok(performance.now() - begun < 1400, 'it waited for the grace');
    assert.equal((await ada.ended()).bye?.error.code, 'disconnected');
  });

  // RT-PRESENCE-11
  cell(
    'refresh: the rules are asked again, of those who are members and of those who see them',
    async (ground) => {
      const [ada, bob] = [await opened(ground, 'ada'), await opened(ground, 'bob')];
      await sees(bob, member('ada'), member('bob'));
      ground.permissions.denied.add('enter {"id":"ada"}').add('members {"id":"bob"}');
      assert.equal((await ada.ask({ type: 'refresh', token: 'ada:again' })).type, 'refreshed');
      const { id, channel, error } = await ada.next('left');
      assert.deepEqual([id, channel, error?.code], [undefined, lobby, 'enter_denied']);
      await sees(ada, member('bob'));
      await sees(bob, member('bob'));
      assert.equal((await bob.ask({ type: 'refresh', token: 'bob:again' })).type, 'refreshed');
      const ended = await bob.next('unsubscribed');
      assert.deepEqual([ended.channel, ended.error?.code], [lobby, 'members_denied']);
      await sees(ada, member('bob'));
      // He is there, and does not see it.
      assert.equal(seenMembers(bob).members.length, 0);
      assert.equal((await bob.ask({ type: 'enter', channel: lobby, state: 'here' })).type, 'entered');
      await sees(ada, member('bob', 'here'));
    },
    withTokens,
  );

  // RT-PRESENCE-15
  cell(
    'a session that ends while its rule is being asked leaves no member behind',
    async (ground) => {
      const events: PresenceEvent[] = [];
      ground.hub.onPresence((event) => void events.push(event));
      const gone = await ground.open([], { user: 'ada' });
      const sent = await ground.open([], { user: 'bob' });
      const release = ground.permissions.hold();
      for (const session of [gone, sent]) {
        session.send({ type: 'enter', id: 2, channel: lobby });
        await session.ask({ type: 'ping', id: 3 });
      }
      gone.cut();
      void ground.hub.disconnect({ user: 'bob' });
      await ground.observed('both ends', () => ground.count('connection_closed') === 2);
      release();
      // Whatever they did would have been done by the time that somebody after them has entered.
      await entered(ground, 'eve');
      const { members } = await ground.hub.channel(lobby).members();
      assert.deepEqual(members, [member('eve')]);
      await ground.hub.close({ withinMs: 1000 });
      const joined = events.flatMap((event) => (event.type === 'joined' ? [event.user] : []));
      assert.deepEqual(joined, ['eve']);
    },
    quick,
  );
}

/** A session by a token that is in the lobby, and sees who is. */
async function opened(ground: Ground, token: string): Promise<SessionClient> {
  const client = await ground.open([{ channel: lobby, presence: true }], { connect: { token } });
  assert.equal((await client.ask({ type: 'enter', channel: lobby })).type, 'entered');
  return client;
}
