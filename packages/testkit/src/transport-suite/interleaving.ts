import assert from 'node:assert/strict';
import type { HubOptions } from '@rt/core';
import type { ServerFrame } from '@rt/protocol';
import type { SessionClient } from '../session-client.ts';
import type { Case } from './ground.ts';
import { quick } from './ground.ts';
import { comes, seen } from './subscribing.ts';

const asFastAsItCan: HubOptions = { limits: { rates: false } };

/** The frames that answer an id. */
function answersTo(client: SessionClient, id: number): readonly ServerFrame[] {
  return client.frames.filter((frame) => 'id' in frame && frame.id === id);
}

/** What happens at the same time, and in which order it takes effect. */
export function interleaving(cell: Case): void {
  // RT-ORDER-5
  cell('order: what concerns one channel takes effect as it was sent, also through a slow rule', async (ground) => {
    const client = await ground.open();
    const release = ground.permissions.hold();
    const channel = 'asked:1';
    client.send(
      { type: 'publish', id: 2, channel, event: 'said', data: 'one' },
      { type: 'subscribe', id: 3, channel },
      { type: 'unsubscribe', id: 4, channel },
      { type: 'publish', id: 5, channel, event: 'said', data: 'two' },
      { type: 'subscribe', id: 6, channel },
    );
    await client.ask({ type: 'ping', id: 7 });
    release();
    await client.next('subscribed', ({ id }) => id === 6);
    const places = [3, 6].map((id) => answersTo(client, id)[0]);
    assert.deepEqual(
      places.map((frame) => frame?.type === 'subscribed' && frame.position.split('.')[1]),
      ['1', '2'],
    );
    await ground.hub.channel(channel).publish('said', 'three');
    await comes(client, 'three', channel);
    assert.deepEqual(
      seen(client, channel).map(({ data }) => data),
      ['three'],
    );
  });

  cell('order: a rule that takes its time holds up its own channel alone', async (ground) => {
    const client = await ground.open();
    const release = ground.permissions.hold();
    client.send({ type: 'subscribe', id: 2, channel: 'asked:1' });
    assert.equal((await client.ask({ type: 'subscribe', id: 3, channel: 'room:1' })).type, 'subscribed');
    await ground.publish('meanwhile');
    await comes(client, 'meanwhile');
    assert.equal(answersTo(client, 2).length, 0);
    release();
    await client.next('subscribed', ({ id }) => id === 2);
  });

  cell('connect: a subscription that waits for its rule holds up no other', async (ground) => {
    const release = ground.permissions.hold();
    const client = await ground.open([{ channel: 'asked:1' }, { channel: 'room:1' }]);
    await client.next('subscribed', ({ channel }) => channel === 'room:1');
    await ground.publish('meanwhile');
    await comes(client, 'meanwhile');
    release();
    await client.next('subscribed', ({ channel }) => channel === 'asked:1');
  });

  // RT-ORDER-1
  cell(
    'order: what many publish at once comes to everybody in one order, each in its own',
    async (ground) => {
      const clients: SessionClient[] = [];
      for (let n = 0; n < 4; n += 1) clients.push(await ground.open([{ channel: 'room:1' }]));
      for (const client of clients) await client.next('subscribed');
      for (const [who, client] of clients.entries()) {
        for (let n = 0; n < 20; n += 1)
          client.send({ type: 'publish', id: n + 2, channel: 'room:1', event: 'said', data: [who, n] });
      }
      for (const client of clients) while (seen(client).length < 80) await client.next('publications');
      const [first = [], ...others] = clients.map((client) => seen(client));
      assert.deepEqual(
        first.map(({ offset }) => offset),
        Array.from({ length: 80 }, (_, n) => n + 1),
      );
      for (const other of others) assert.deepEqual(other, first);
      for (const who of clients.keys()) {
        const own = first.map(({ data }) => data as readonly number[]).filter(([publisher]) => publisher === who);
        assert.deepEqual(
          own.map(([, n]) => n),
          Array.from({ length: 20 }, (_, n) => n),
        );
      }
    },
    asFastAsItCan,
  );

  // RT-SESSION-16
  cell(
    'answers: each frame with an id is answered exactly once, whatever the answer is',
    async (ground) => {
      ground.hub.on('room:{id}', 'ask', () => 'answer');
      const client = await ground.open();
      const kinds = [
        { type: 'ping' },
        { type: 'publish', channel: 'room:1', event: 'said', data: 1 },
        { type: 'publish', channel: 'closed', event: 'said', data: 1 },
        { type: 'send', channel: 'room:1', event: 'ask', data: 1 },
        { type: 'send', channel: 'room:1', event: 'nobody', data: 1 },
        { type: 'history', channel: 'room:1' },
        { type: 'subscribe', channel: 'room:1' },
        { type: 'subscribe', channel: 'asked:1' },
        { type: 'unsubscribe', channel: 'asked:1' },
        { type: 'subscribe', channel: 'broken:1' },
        { type: 'subscribe' },
        { type: 'dance' },
        { type: 'connect' },
        { type: 'refresh', token: 'x' },
      ];
      const ids = Array.from({ length: kinds.length * 3 }, (_, n) => n + 2);
      client.send(...ids.map((id, n) => ({ ...kinds[n % kinds.length], id })));
      const isAnswered = (id: number): boolean => answersTo(client, id).length > 0;
      for (let last = 100; !ids.every(isAnswered); last += 1) {
        await client.ask({ type: 'ping', id: last });
        await new Promise((resolve) => setImmediate(resolve));
      }
      await client.ask({ type: 'ping', id: 100_000 });
      for (const id of ids) assert.equal(answersTo(client, id).length, 1, `${id} was answered again`);
    },
    asFastAsItCan,
  );

  cell(
    'subscribe: and unsubscribe fifty times in one text, and it is as it was before',
    async (ground) => {
      const client = await ground.open();
      const ids = Array.from({ length: 100 }, (_, n) => n + 2);
      client.send(
        ...ids.map((id) => ({ type: id % 2 === 0 ? 'subscribe' : 'unsubscribe', id, channel: 'room:1', last: 1 })),
      );
      await client.next('unsubscribed', ({ id }) => id === ids.at(-1));
      const answers = client.frames.flatMap((frame) =>
        frame.type === 'subscribed' || frame.type === 'unsubscribed' ? [frame.id] : [],
      );
      assert.deepEqual(answers, ids);
      await ground.publish('for nobody');
      await client.ask({ type: 'ping' });
      assert.equal(seen(client).length, 0);
      assert.deepEqual([ground.count('subscribed'), ground.count('unsubscribed')], [50, 50]);
    },
    asFastAsItCan,
  );

  // RT-SESSION-7
  cell('publish: the same key twice, while the first is not stored yet, is stored once', async (ground) => {
    const client = await ground.open();
    const release = ground.permissions.hold();
    const frame = { type: 'publish', channel: 'asked:1', event: 'said', data: 1, key: 'k' };
    client.send({ ...frame, id: 2 }, { ...frame, id: 3 });
    await client.ask({ type: 'ping', id: 4 });
    release();
    await client.next('published', ({ id }) => id === 3);
    const positions = client.frames.flatMap((answer) => (answer.type === 'published' ? [answer.position] : []));
    assert.equal(positions.length, 2);
    assert.equal(positions[0], positions[1]);
    assert.match(positions[0] ?? '', /\.1$/);
    const after = await client.ask({ type: 'publish', channel: 'asked:1', event: 'said', data: 2 });
    assert.match(String(after.type === 'published' && after.position), /\.2$/);
  });

  // RT-GAP-1
  cell('gap: of several channels each has its own', async (ground) => {
    const [here = ''] = await ground.publish('here');
    for (let n = 0; n < 9; n += 1) await ground.hub.channel('short:1').publish('said', n);
    const trimmed = (await ground.hub.channel('short:1').history({ last: 1 })).floor.replace(/\d+$/, '2');
    const empty = await ground.hub.channel('room:2').position();
    const client = await ground.open([
      { channel: 'short:1', after: trimmed },
      { channel: 'room:1', after: here.replace(/\d+$/, '7') },
      { channel: 'room:2', after: empty.replace(/\d+$/, '1') },
      { channel: 'room:3', after: 'zz.1' },
    ]);
    const gaps = new Map<string, string | undefined>();
    while (gaps.size < 4) {
      const { channel, gap } = await client.next('subscribed');
      gaps.set(channel, gap?.reason);
    }
    assert.deepEqual(
      gaps,
      new Map([
        ['short:1', 'trimmed'],
        ['room:1', 'ahead'],
        ['room:2', 'ahead'],
        ['room:3', 'epoch_changed'],
      ]),
    );
  });

  // RT-GAP-1, RT-ORDER-4
  cell('catch-up: while publishing goes on, a late reader gets everything once and in order', async (ground) => {
    const deep = ground.hub.channel('deep:1');
    for (let n = 0; n < 500; n += 1) await deep.publish('said', 'x'.repeat(500));
    let going = true;
    const publishing = (async (): Promise<void> => {
      while (going && !ground.over) {
        for (let n = 0; n < 5; n += 1) await deep.publish('said', 'more');
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const client = await ground.open([{ channel: 'deep:1', after: 'start' }]);
    while (seen(client, 'deep:1').length < 800) await client.next('publications');
    going = false;
    await publishing;
    const offsets = seen(client, 'deep:1').map(({ offset }) => offset);
    assert.deepEqual(
      offsets,
      offsets.map((_, n) => n + 1),
    );
  });

  // RT-PERM-5
  cell('disconnect: while a rule is being asked, nothing is subscribed', async (ground) => {
    const client = await ground.open([], { user: 'ada' });
    const release = ground.permissions.hold();
    client.send(
      { type: 'subscribe', id: 2, channel: 'asked:1' },
      { type: 'publish', id: 3, channel: 'asked:2', event: 'said', data: 1 },
    );
    await client.ask({ type: 'ping', id: 4 });
    void ground.hub.disconnect({ user: 'ada' });
    const { bye } = await client.ended();
    assert.equal(bye?.error.code, 'disconnected');
    release();
    await ground.hub.channel('asked:1').publish('said', 'for nobody');
    assert.equal(ground.count('subscribed'), 0);
    assert.equal(client.frames.at(-1)?.type, 'bye');
  });

  // RT-LIFE-3
  cell(
    'cut: of many sessions at once leaves nothing',
    async (ground) => {
      const channels = ['room:1', 'room:2', 'room:3'].map((channel) => ({ channel }));
      const clients = await Promise.all(Array.from({ length: 30 }, () => ground.open(channels)));
      for (const client of clients) await client.next('subscribed', ({ channel }) => channel === 'room:3');
      for (const client of clients) client.cut();
      await ground.observed('the cuts', () => ground.count('connection_closed') === 30);
      await ground.observed('the ends', () => ground.count('unsubscribed') === 90);
      await ground.publish('for nobody');
    },
    quick,
  );
}
