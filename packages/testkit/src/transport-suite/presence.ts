import assert from 'node:assert/strict';
import type { Member } from '@rt/protocol';
import { keepBooks, MembersBook } from '../members-book.ts';
import type { SessionClient } from '../session-client.ts';
import type { Case, Ground } from './ground.ts';

export const lobby = 'lobby:1';

/** Who is in the lobby, as a client has been told so far: first all, and then what changes. */
export function seenMembers(client: SessionClient): MembersBook {
  const books = new Map<string, MembersBook>();
  for (const frame of client.frames) keepBooks(books, frame);
  return books.get(lobby) ?? new MembersBook();
}

/** Waits until a client has been told that these are there, each with what is shown and how many clients. */
export async function sees(client: SessionClient, ...members: readonly Member[]): Promise<void> {
  const sorted = (list: readonly Member[]): string => {
    const texts = list.map(({ user, state, connections }) => JSON.stringify([user, state, connections]));
    return texts.toSorted().join('\n');
  };
  while (sorted(seenMembers(client).members) !== sorted(members)) await client.next('presence');
  assert.equal(seenMembers(client).count, members.length);
}

export const member = (user: string, state: unknown = null, connections = 1): Member => ({
  user,
  state,
  connections,
});

/** Opens a session of a user that is in the lobby. */
export async function entered(ground: Ground, user: string, client?: string): Promise<SessionClient> {
  const session = await ground.open([], { user, connect: client === undefined ? {} : { client } });
  const answer = await session.ask({ type: 'enter', channel: lobby });
  assert.deepEqual([answer.type, 'channel' in answer && answer.channel], ['entered', lobby]);
  return session;
}

/** Opens a session that sees who is in the lobby. */
export async function observer(ground: Ground, presence: true | string = true): Promise<SessionClient> {
  const client = await ground.open();
  const answer = await client.ask({ type: 'subscribe', channel: lobby, presence });
  assert.ok(answer.type === 'subscribed' && answer.presence !== undefined);
  return client;
}

async function refused(client: SessionClient, frame: Readonly<Record<string, unknown>>, code: string): Promise<void> {
  const answer = await client.ask(frame);
  assert.equal(answer.type === 'error' && answer.error.code, code, JSON.stringify(answer));
}

/** Who enters, and what others see of it. */
export function presence(cell: Case): void {
  // RT-PRESENCE-3
  cell('enter, leave: are answered, and others see it at once', async (ground) => {
    const watching = await observer(ground);
    assert.deepEqual(seenMembers(watching).members, []);
    const ada = await entered(ground, 'ada');
    await sees(watching, member('ada'));
    await ada.ask({ type: 'enter', channel: lobby, state: 'typing' });
    await sees(watching, member('ada', 'typing'));
    const begun = performance.now();
    const answer = await ada.ask({ type: 'leave', channel: lobby });
    assert.deepEqual(answer, { type: 'left', id: 4, channel: lobby });
    await sees(watching);
    assert.ok(performance.now() - begun < 1400, 'it waited for the grace');
    assert.equal((await ada.ask({ type: 'leave', channel: lobby })).type, 'left');
  });

  // RT-PRESENCE-5
  cell('members come first and then what changes, while somebody comes and goes all the time', async (ground) => {
    const ada = await ground.open([], { user: 'ada' });
    const stop = neverStay(ground, ada);
    for (let round = 0; round < 5; round += 1) {
      const watching = await observer(ground);
      // Reading what came fails if a change came before the members.
      for (let frames = 0; frames < 3; frames += 1) await watching.next('presence');
      assert.ok(seenMembers(watching).position !== null);
      watching.cut();
    }
    await stop();
    const last = await observer(ground);
    await ada.ask({ type: 'enter', channel: lobby, state: 'here' });
    await sees(last, member('ada', 'here'));
  });

  // RT-PRESENCE-5
  cell('subscribe: from a position of presence only what has changed since is told', async (ground) => {
    const [first, second] = [await observer(ground), await observer(ground)];
    await entered(ground, 'ada');
    await sees(first, member('ada'));
    const { position } = seenMembers(first);
    first.cut();
    await entered(ground, 'bob');
    await sees(second, member('ada'), member('bob'));
    const back = await ground.open();
    const answer = await back.ask({ type: 'subscribe', channel: lobby, presence: position });
    assert.deepEqual(answer.type === 'subscribed' && answer.presence, { position });
    const { type, ...changes } = await back.next('presence');
    assert.equal(type, 'presence');
    const { position: now } = seenMembers(second);
    assert.deepEqual(changes, {
      channel: lobby,
      position: now,
      count: 2,
      connections: 2,
      changed: [member('bob')],
      left: [],
    });
    const lost = await observer(ground, 'lost.1');
    assert.equal(seenMembers(lost).members.length, 2);
  });

  cell('unsubscribe: nothing more is told of who is there', async (ground) => {
    const watching = await observer(ground);
    await watching.ask({ type: 'unsubscribe', channel: lobby });
    const count = watching.frames.length;
    const other = await observer(ground);
    await entered(ground, 'ada');
    await sees(other, member('ada'));
    assert.equal((await watching.ask({ type: 'ping' })).type, 'pong');
    assert.equal(watching.frames.length, count + 1);
    // One who does not ask is not told either.
    const client = await ground.open([{ channel: lobby }]);
    const { presence: told } = await client.next('subscribed');
    assert.equal(told, undefined);
  });

  cell('members: says who is there without a subscription', async (ground) => {
    await entered(ground, 'ada');
    const client = await ground.open();
    const answer = await client.ask({ type: 'members', channel: lobby });
    assert.ok(answer.type === 'members' && 'members' in answer);
    const { position, ...rest } = answer;
    const expected = { type: 'members', id: 2, channel: lobby, count: 1, connections: 1, members: [member('ada')] };
    assert.deepEqual(rest, expected);
    const { members, position: same } = await ground.hub.channel(lobby).members();
    assert.deepEqual([members, same], [answer.members, position]);
  });

  // RT-PRESENCE-2
  cell('enter: two sessions of one user are one member, until both have left', async (ground) => {
    const watching = await observer(ground);
    const [one, other] = [await entered(ground, 'ada'), await entered(ground, 'ada')];
    await sees(watching, member('ada', null, 2));
    await one.ask({ type: 'enter', channel: lobby, state: 'one' });
    await sees(watching, member('ada', 'one', 2));
    await one.ask({ type: 'leave', channel: lobby });
    await sees(watching, member('ada', null, 1));
    const left = watching.frames.flatMap((frame) => (frame.type === 'presence' && 'left' in frame ? frame.left : []));
    assert.deepEqual(left, []);
    await other.ask({ type: 'leave', channel: lobby });
    await sees(watching);
  });

  // RT-PRESENCE-1
  cell('enter: nobody in particular may not, nor who is not allowed', async (ground) => {
    await refused(await ground.open(), { type: 'enter', channel: lobby }, 'enter_denied');
    const ada = await ground.open([], { user: 'ada' });
    await refused(ada, { type: 'enter', channel: lobby, state: 'forged' }, 'enter_denied');
    ground.permissions.denied.add('enter');
    await refused(ada, { type: 'enter', channel: lobby }, 'enter_denied');
    assert.equal((await ground.hub.channel(lobby).members()).count, 0);
  });

  // RT-PRESENCE-1
  cell('enter: who it is, is who the session is for, whatever the frame says', async (ground) => {
    const client = await ground.open([], { user: 'ada' });
    const posing = { user: 'bob', userId: 'bob', client: 'b', holder: 'b', connections: 7, type: 'enter' };
    assert.equal((await client.ask({ ...posing, channel: lobby, state: 'here' })).type, 'entered');
    assert.deepEqual((await ground.hub.channel(lobby).members()).members, [member('ada', 'here')]);
    // A name that another user has made up is that user's: it takes nobody's place.
    const bob = await entered(ground, 'bob', 'tab');
    await entered(ground, 'eve', 'tab');
    await bob.ask({ type: 'leave', channel: lobby });
    const { members } = await ground.hub.channel(lobby).members();
    assert.deepEqual(members.map(({ user }) => user).toSorted(), ['ada', 'eve']);
  });

  // RT-PRESENCE-9
  cell(
    'enter: a state that does not fit its schema, or is larger than it may be, is refused',
    async (ground) => {
      const ada = await ground.open([], { user: 'ada' });
      const enter = (state: unknown): object => ({ type: 'enter', channel: lobby, state });
      for (const state of [7, { text: 'here' }, 'x'.repeat(99)]) {
        await refused(ada, { ...enter(state) }, 'member_invalid');
      }
      assert.equal((await ground.hub.channel(lobby).members()).count, 0);
      assert.equal((await ada.ask({ ...enter('x'.repeat(98)) })).type, 'entered');
      // One that is refused changes nothing.
      await refused(ada, { ...enter(7) }, 'member_invalid');
      assert.deepEqual((await ground.hub.channel(lobby).members()).members, [member('ada', 'x'.repeat(98))]);
      // It is bytes that are counted.
      await refused(ada, { ...enter('é'.repeat(50)) }, 'member_invalid');
    },
    { limits: { maxStateBytes: 100 } },
  );

  cell('a channel without presence has none', async (ground) => {
    const ada = await ground.open([{ channel: 'room:2', presence: true }], { user: 'ada' });
    assert.equal((await ada.next('error')).error.code, 'presence_unsupported');
    for (const type of ['enter', 'members']) await refused(ada, { type, channel: 'room:1' }, 'presence_unsupported');
    await refused(ada, { type: 'subscribe', channel: 'room:1', presence: true }, 'presence_unsupported');
    assert.equal((await ada.ask({ type: 'subscribe', channel: 'room:1' })).type, 'subscribed');
  });

  // RT-PRESENCE-10
  cell('members: who may not see who is there may still read', async (ground) => {
    ground.permissions.denied.add('members');
    const client = await ground.open([{ channel: lobby, presence: true }], { user: 'ada' });
    assert.equal((await client.next('error')).error.code, 'members_denied');
    await refused(client, { type: 'members', channel: lobby }, 'members_denied');
    await refused(client, { type: 'subscribe', channel: lobby, presence: true }, 'members_denied');
    assert.equal((await client.ask({ type: 'subscribe', channel: lobby })).type, 'subscribed');
  });

  cell(
    'enter: a session is in as many channels as it may be, also if it enters them all at once',
    async (ground) => {
      const ada = await ground.open([], { user: 'ada' });
      const release = ground.permissions.hold();
      const channels = ['lobby:1', 'lobby:2', 'lobby:3', 'lobby:4', 'lobby:5'];
      ada.send(...channels.map((channel, n) => ({ type: 'enter', id: n + 2, channel })));
      await ada.ask({ type: 'ping', id: 10 });
      release();
      for (let answers = 0; answers < 3; answers += 1) {
        assert.equal((await ada.next('error')).error.code, 'channels_too_many');
      }
      const counts = await Promise.all(
        channels.map(async (name) => (await ground.hub.channel(name as 'lobby:1').members()).count),
      );
      assert.deepEqual(
        counts.toSorted((one, other) => one - other),
        [0, 0, 0, 1, 1],
      );
      // To show something else needs no room, and leaving makes room.
      const inside = channels.find((_, index) => counts[index] === 1);
      assert.equal((await ada.ask({ type: 'enter', channel: inside, state: 'here' })).type, 'entered');
      await ada.ask({ type: 'leave', channel: inside });
      assert.equal((await ada.ask({ type: 'enter', channel: 'lobby:6' })).type, 'entered');
      await refused(ada, { type: 'enter', channel: 'lobby:7' }, 'channels_too_many');
    },
    { limits: { maxChannelsPerSession: 2 } },
  );
}

/** Enters and leaves all the time, until the returned function is called. */
function neverStay(ground: Ground, client: SessionClient): () => Promise<void> {
  let stopped = false;
  const going = (async (): Promise<void> => {
    while (!stopped && !ground.over) {
      await client.ask({ type: 'enter', channel: lobby });
      await client.ask({ type: 'leave', channel: lobby });
    }
  })();
  return async () => {
    stopped = true;
    await going;
  };
}
