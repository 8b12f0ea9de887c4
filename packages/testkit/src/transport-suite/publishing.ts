import assert from 'node:assert/strict';
import { nastyPayloads } from '../nasty-payloads.ts';
import type { Case } from './ground.ts';
import { comes, seen } from './subscribing.ts';

/** What clients publish. */
export function publishing(cell: Case): void {
  // RT-ORDER-1, RT-SESSION-8
  cell('publish: is answered with its position, and comes to everybody, the publisher among them', async (ground) => {
    const ada = await ground.open([{ channel: 'room:1' }]);
    const bob = await ground.open([{ channel: 'room:1' }]);
    await bob.next('subscribed');
    const answer = await ada.ask({ type: 'publish', channel: 'room:1', event: 'said', data: 'hi' });
    assert.ok(answer.type === 'published');
    for (const client of [ada, bob]) {
      await comes(client, 'hi');
      const [publication] = seen(client);
      assert.equal(`${answer.position?.split('.')[0]}.${publication?.offset}`, answer.position);
    }
  });

  cell('publish: needs no subscription', async (ground) => {
    const client = await ground.open();
    const answer = await client.ask({ type: 'publish', channel: 'room:1', event: 'said', data: 1 });
    assert.equal(answer.type, 'published');
  });

  // RT-ORDER-5
  cell(
    'publish: a hundred of one client are stored in the order in which they were sent',
    async (ground) => {
      const client = await ground.open([{ channel: 'room:1' }]);
      const frames = Array.from({ length: 100 }, (_, n) => ({
        type: 'publish',
        id: n + 2,
        channel: 'room:1',
        event: 'said',
        data: n,
      }));
      for (let n = 0; n < 100; n += 7) client.send(...frames.slice(n, n + 7));
      await comes(client, 99);
      assert.deepEqual(
        seen(client).map(({ data }) => data),
        Array.from({ length: 100 }, (_, n) => n),
      );
    },
    { limits: { rates: false } },
  );

  cell('publish: also through a rule that takes its time', async (ground) => {
    const client = await ground.open([{ channel: 'asked:1' }]);
    await client.next('subscribed');
    const release = ground.permissions.hold();
    client.send(
      ...[1, 2, 3].map((data) => ({ type: 'publish', id: data + 1, channel: 'asked:1', event: 'said', data })),
    );
    await client.ask({ type: 'ping', id: 10 });
    release();
    await comes(client, 3, 'asked:1');
    assert.deepEqual(
      seen(client, 'asked:1').map(({ data }) => data),
      [1, 2, 3],
    );
  });

  // RT-PERM-1
  cell('publish: nobody may unless the definition says so', async (ground) => {
    const client = await ground.open([], { user: 'ada' });
    for (const [channel, event, code, data = 1] of [
      ['short:1', 'said', 'publish_denied'],
      ['own:bob', 'said', 'publish_denied'],
      ['own:ada', 'secret', 'publish_denied'],
      ['own:ada', 'said', 'publish_denied', 'forged'],
      ['nowhere:1', 'said', 'channel_unknown'],
    ] as const) {
      const answer = await client.ask({ type: 'publish', channel, event, data });
      assert.equal(answer.type === 'error' && answer.error.code, code);
    }
    const answer = await client.ask({ type: 'publish', channel: 'own:ada', event: 'said', data: 1 });
    assert.equal(answer.type, 'published');
  });

  cell('publish: an event that is not defined, or data that does not fit, is refused', async (ground) => {
    const client = await ground.open();
    for (const [event, data, code] of [
      ['sung', 1, 'event_unknown'],
      ['constructor', 1, 'event_unknown'],
      ['counted', 'one', 'event_invalid'],
    ]) {
      const answer = await client.ask({ type: 'publish', channel: 'room:1', event, data });
      assert.equal(answer.type === 'error' && answer.error.code, code);
    }
  });

  // RT-LIMIT-3
  cell(
    'publish: what is larger than a publication may be is refused',
    async (ground) => {
      const client = await ground.open();
      const answer = await client.ask({ type: 'publish', channel: 'room:1', event: 'said', data: 'x'.repeat(1001) });
      assert.equal(answer.type === 'error' && answer.error.code, 'publication_too_large');
    },
    { limits: { maxPublicationBytes: 1000 } },
  );

  // RT-SESSION-7
  cell(
    'publish: the same key is stored once, however often it is sent, also by another session of the user',
    async (ground) => {
      const frame = { type: 'publish', channel: 'room:1', event: 'said', data: 'once', key: 'k1' };
      const client = await ground.open([{ channel: 'room:1' }], { user: 'ada' });
      const answers = [await client.ask(frame), await client.ask(frame)];
      client.cut();
      const again = await ground.open([{ channel: 'room:1', after: 'start' }], { user: 'ada' });
      answers.push(await again.ask(frame));
      const positions = answers.map((answer) => (answer.type === 'published' ? answer.position : answer.type));
      assert.equal(new Set(positions).size, 1);
      await ground.publish('end');
      await comes(again, 'end');
      assert.deepEqual(
        seen(again).map(({ data }) => data),
        ['once', 'end'],
      );
    },
  );

  // RT-SESSION-7
  cell('publish: a key is of its channel and its user', async (ground) => {
    const ada = await ground.open([], { user: 'ada' });
    const bob = await ground.open([], { user: 'bob' });
    const ask = (channel: string) => ({ type: 'publish', channel, event: 'said', data: 1, key: 'k' });
    await ada.ask(ask('room:1'));
    await ada.ask(ask('room:2'));
    const answer = await bob.ask(ask('room:1'));
    assert.match(String(answer.type === 'published' && answer.position), /\.2$/);
  });

  cell('publish: a refused one with a key may be sent again', async (ground) => {
    const client = await ground.open();
    ground.permissions.denied.add('publish');
    const frame = { type: 'publish', channel: 'asked:1', event: 'said', data: 1, key: 'k' };
    assert.equal((await client.ask(frame)).type, 'error');
    ground.permissions.denied.clear();
    assert.equal((await client.ask(frame)).type, 'published');
  });

  cell(
    'publish: what is ephemeral is told to whoever is there, has no position, and is kept nowhere',
    async (ground) => {
      const ada = await ground.open([{ channel: 'room:1' }]);
      await ada.next('subscribed');
      const bob = await ground.open();
      const published = await bob.ask({ type: 'publish', channel: 'room:1', event: 'typing', data: 'bob' });
      assert.deepEqual(published, { type: 'published', id: 2, channel: 'room:1', position: null });
      const { publications, position } = await ada.next('publications');
      assert.deepEqual(publications, [{ event: 'typing', data: 'bob' }]);
      assert.match(position, /\.0$/);
      const conditional = { type: 'publish', channel: 'room:1', event: 'typing', data: 'bob', ifPosition: position };
      const refused = await bob.ask(conditional);
      assert.equal(refused.type === 'error' && refused.error.code, 'event_invalid');
      const late = await ground.open([{ channel: 'room:1', after: 'start' }]);
      await ground.publish('kept');
      await comes(late, 'kept');
      assert.deepEqual(
        seen(late).map(({ data }) => data),
        ['kept'],
      );
    },
  );

  // RT-SESSION-19
  cell('publish: right after a position, or not at all', async (ground) => {
    const [seen = ''] = await ground.publish('one');
    const client = await ground.open();
    const frame = { type: 'publish', channel: 'room:1', event: 'said', ifPosition: seen };
    const first = await client.ask({ ...frame, data: 'two' });
    assert.ok(first.type === 'published');
    const late = await client.ask({ ...frame, data: 'too late' });
    assert.ok(late.type === 'error');
    assert.deepEqual([late.error.code, late.error.retryable], ['conflict', false]);
    assert.deepEqual(late.error.conflict, { position: first.position, newest: { event: 'said', data: 'two' } });
    const again = await client.ask({ ...frame, data: 'three', ifPosition: first.position });
    assert.equal(again.type, 'published');
    const { publications } = await ground.hub.channel('room:1').history({ last: 9 });
    assert.deepEqual(
      publications.map(({ data }) => data),
      ['one', 'two', 'three'],
    );
  });

  // RT-SESSION-11
  cell('publish: bytes arrive as bytes, from clients and from the server', async (ground) => {
    const client = await ground.open([{ channel: 'room:1' }]);
    const base64 = Buffer.from([0, 1, 2, 253, 254, 255]).toString('base64');
    await client.ask({ type: 'publish', channel: 'room:1', event: 'said', base64 });
    await ground.publish(new Uint8Array([9, 10, 13]));
    while (seen(client).length < 2) await client.next('publications');
    assert.deepEqual(
      seen(client).map((publication) => [publication.base64, 'data' in publication]),
      [
        [base64, false],
        ['CQoN', false],
      ],
    );
    const { publications } = await ground.hub.channel('room:1').history({ last: 5 });
    assert.deepEqual(publications[0]?.data, new Uint8Array([0, 1, 2, 253, 254, 255]));
  });

  // RT-PLAIN-8
  cell('publish: nasty payloads arrive to the letter', async (ground) => {
    const client = await ground.open([{ channel: 'room:1' }]);
    await client.next('subscribed');
    const fitting = nastyPayloads.filter((payload) => JSON.stringify(payload).length < 60_000);
    assert.ok(fitting.length > 5);
    for (const data of fitting) await client.ask({ type: 'publish', channel: 'room:1', event: 'said', data });
    while (seen(client).length < fitting.length) await client.next('publications');
    assert.deepEqual(
      seen(client).map(({ data }) => data),
      fitting,
    );
  });
}
