import assert from 'node:assert/strict';
import type { ServerFrame } from '@rt/protocol';
import type { SessionClient } from '../session-client.ts';
import type { Case, Ground } from './ground.ts';
import { quick } from './ground.ts';

type Publications = Extract<ServerFrame, { readonly type: 'publications' }>;

/** All publications of a channel that came, in their order. */
export function seen(client: SessionClient, channel = 'room:1'): readonly Publications['publications'][number][] {
  return client.frames.flatMap((frame) =>
    frame.type === 'publications' && frame.channel === channel ? frame.publications : [],
  );
}

/** Waits for the publication with this data. */
export async function comes(client: SessionClient, data: unknown, channel = 'room:1'): Promise<void> {
  const isThere = (): boolean => seen(client, channel).some((publication) => publication.data === data);
  while (!isThere()) await client.next('publications', (frame) => frame.channel === channel);
}

/** The first frame of publications from an index on. */
async function comesAfter(client: SessionClient, index: number): Promise<Publications> {
  for (;;) {
    const found = client.frames.slice(index).find((frame): frame is Publications => frame.type === 'publications');
    if (found !== undefined) return found;
    await client.next('publications');
  }
}

/** Publishes to `room:1` all the time, also between the turns, until the returned function is called. */
function neverStopPublishing(ground: Ground): () => Promise<void> {
  let stopped = false;
  const publishing = (async (): Promise<void> => {
    for (let n = 0; !stopped && !ground.over; n += 1) {
      await ground.publish(n);
      if (n % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  return async () => {
    stopped = true;
    await publishing;
  };
}

function offsetOf(position: string): number {
  return Number(position.slice(position.indexOf('.') + 1));
}

/** Where a subscription begins, what comes of it, and how it ends. */
export function subscribing(cell: Case): void {
  // RT-POS-2
  cell('subscribe: the answer has a position, also where nothing was ever published', async (ground) => {
    const client = await ground.open();
    const answer = await client.ask({ type: 'subscribe', channel: 'room:new' });
    assert.ok(answer.type === 'subscribed');
    assert.match(answer.position, /^\w+\.0$/);
    assert.equal(answer.gap, undefined);
  });

  cell('subscribe: from such a position nothing is missed', async (ground) => {
    const first = await ground.open();
    const answer = await first.ask({ type: 'subscribe', channel: 'room:1' });
    assert.ok(answer.type === 'subscribed');
    first.cut();
    await ground.publish('while away');
    const second = await ground.open([{ channel: 'room:1', after: answer.position }]);
    await comes(second, 'while away');
  });

  // RT-SESSION-4
  cell('subscribe: the answer comes before any publication, while somebody never stops publishing', async (ground) => {
    const stop = neverStopPublishing(ground);
    const client = await ground.open();
    for (let round = 0; round < 5; round += 1) {
      const begun = client.frames.length;
      const answer = await client.ask({ type: 'subscribe', channel: 'room:1' });
      assert.ok(answer.type === 'subscribed');
      const first = await comesAfter(client, begun);
      const after = client.frames.slice(begun);
      assert.equal(after[0], answer);
      assert.equal(first.publications[0]?.offset, offsetOf(answer.position) + 1);
      await client.ask({ type: 'unsubscribe', channel: 'room:1' });
    }
    await stop();
  });

  cell('subscribe: without a place it begins with what comes next', async (ground) => {
    await ground.publish('before');
    const client = await ground.open([{ channel: 'room:1' }]);
    await client.next('subscribed');
    await ground.publish('after');
    await comes(client, 'after');
    assert.deepEqual(
      seen(client).map(({ data }) => data),
      ['after'],
    );
  });

  // RT-POS-5
  cell('subscribe: from the floor, from the last n, and after a position', async (ground) => {
    const [, second = ''] = await ground.publish(1, 2, 3);
    for (const [from, expected] of [
      [{ after: 'start' }, [1, 2, 3]],
      [{ last: 2 }, [2, 3]],
      [{ last: 50 }, [1, 2, 3]],
      [{ after: second }, [3]],
    ] as const) {
      const client = await ground.open([{ channel: 'room:1', ...from }]);
      await comes(client, 3);
      assert.deepEqual(
        seen(client).map(({ data }) => data),
        expected,
      );
      client.cut();
    }
  });

  // RT-ORDER-3
  cell('publications: each has its offset, the frame the position after the last', async (ground) => {
    const client = await ground.open([{ channel: 'room:1' }]);
    await client.next('subscribed');
    const positions = await ground.publish('a', 'b', 'c');
    await comes(client, 'c');
    assert.deepEqual(
      seen(client).map(({ offset }) => offset),
      positions.map(offsetOf),
    );
    const last = client.frames.findLast((frame): frame is Publications => frame.type === 'publications');
    assert.equal(last?.position, positions.at(-1));
  });

  // RT-ORDER-4, RT-GAP-1
  cell('resume: whoever is cut at any time goes on without a hole and without a repetition', async (ground) => {
    let position = '';
    const data: unknown[] = [];
    for (let round = 0; round < 5; round += 1) {
      const from = round === 0 ? { after: 'start' } : { after: position };
      const client = await ground.open([{ channel: 'room:1', ...from }]);
      const subscribed = await client.next('subscribed');
      assert.equal(subscribed.gap, undefined);
      await ground.publish(...Array.from({ length: 7 }, (_, n) => round * 7 + n));
      const { publications, position: next } = await client.next('publications');
      client.cut();
      data.push(...publications.map((publication) => publication.data));
      position = next;
    }
    assert.deepEqual(
      data,
      Array.from({ length: data.length }, (_, n) => n),
    );
  });

  cell('resume: of several channels, each from its own place', async (ground) => {
    const first = await ground.open([{ channel: 'room:1' }, { channel: 'room:2' }]);
    const subscribed = [await first.next('subscribed'), await first.next('subscribed')];
    first.cut();
    await ground.publish('x');
    await ground.hub.channel('room:2').publish('said', 'y');
    const second = await ground.open(subscribed.map(({ channel, position }) => ({ channel, after: position })));
    await second.next('subscribed', ({ channel }) => channel === 'room:2');
    while (seen(second).length + seen(second, 'room:2').length < 2) await second.next('publications');
    assert.deepEqual([seen(second)[0]?.data, seen(second, 'room:2')[0]?.data], ['x', 'y']);
  });

  // RT-GAP-2
  cell('gap: trimmed, with the floor to go on from', async (ground) => {
    const positions: string[] = [];
    for (let n = 1; n <= 9; n += 1) positions.push(await ground.hub.channel('short:1').publish('said', n));
    const client = await ground.open([{ channel: 'short:1', after: positions[0] }]);
    const { gap, position } = await client.next('subscribed');
    assert.deepEqual(gap, { reason: 'trimmed', after: positions[0], position: positions[5] });
    assert.equal(position, positions[5]);
    await comes(client, 9, 'short:1');
    assert.deepEqual(
      seen(client, 'short:1').map(({ data }) => data),
      [7, 8, 9],
    );
  });

  // RT-GAP-3
  cell('gap: epoch_changed for a log that is another one', async (ground) => {
    const [position = ''] = await ground.publish('here');
    const client = await ground.open([{ channel: 'room:1', after: 'zz9.1' }]);
    const { gap } = await client.next('subscribed');
    assert.deepEqual(gap, { reason: 'epoch_changed', after: 'zz9.1', position: position.replace(/\d+$/, '0') });
    await comes(client, 'here');
  });

  // RT-GAP-4
  cell('gap: ahead of the log, which has lost its end', async (ground) => {
    const [position = ''] = await ground.publish('here');
    const ahead = position.replace(/\d+$/, '99');
    const client = await ground.open([{ channel: 'room:1', after: ahead }]);
    const { gap } = await client.next('subscribed');
    assert.deepEqual(gap, { reason: 'ahead', after: ahead, position });
    await ground.publish('next');
    await comes(client, 'next');
  });

  // RT-SESSION-6
  cell('subscribe: a second time is refused, and the first goes on', async (ground) => {
    const client = await ground.open([{ channel: 'room:1' }]);
    const answer = await client.ask({ type: 'subscribe', channel: 'room:1', after: 'start' });
    assert.ok(answer.type === 'error');
    assert.deepEqual([answer.error.code, answer.channel], ['subscribed_already', 'room:1']);
    await ground.publish('still here');
    await comes(client, 'still here');
  });

  // RT-SESSION-5
  cell('unsubscribe: nothing of the channel comes after the answer', async (ground) => {
    const client = await ground.open([{ channel: 'room:1' }, { channel: 'room:2' }]);
    await client.next('subscribed', ({ channel }) => channel === 'room:2');
    const stop = neverStopPublishing(ground);
    await client.next('publications');
    await client.ask({ type: 'unsubscribe', channel: 'room:1' });
    const at = client.frames.findIndex(({ type }) => type === 'unsubscribed');
    for (let n = 0; n < 10; n += 1) await ground.publish('for nobody');
    await stop();
    await ground.hub.channel('room:2').publish('said', 'last');
    await comes(client, 'last', 'room:2');
    assert.equal(
      client.frames.slice(at).some((frame) => frame.type === 'publications' && frame.channel === 'room:1'),
      false,
    );
  });

  // RT-SESSION-6
  cell('unsubscribe: twice, or of what never was, is harmless', async (ground) => {
    const client = await ground.open([{ channel: 'room:1' }]);
    for (const channel of ['room:1', 'room:1', 'room:9']) {
      assert.equal((await client.ask({ type: 'unsubscribe', channel })).type, 'unsubscribed');
    }
  });

  // RT-ORDER-5
  cell('unsubscribe: while the subscription waits for its rule, it wins', async (ground) => {
    const client = await ground.open();
    const release = ground.permissions.hold();
    client.send({ type: 'subscribe', id: 10, channel: 'asked:1' }, { type: 'unsubscribe', id: 11, channel: 'asked:1' });
    await client.ask({ type: 'ping', id: 12 });
    release();
    await client.next('unsubscribed', ({ id }) => id === 11);
    await ground.hub.channel('asked:1').publish('said', 'for nobody');
    await client.ask({ type: 'ping' });
    assert.equal(seen(client, 'asked:1').length, 0);
    assert.equal(ground.count('subscribed'), ground.count('unsubscribed'));
  });

  cell('unsubscribe: and subscribe again goes on from any place', async (ground) => {
    const client = await ground.open([{ channel: 'room:1' }]);
    await client.next('subscribed');
    const [position] = await ground.publish('one');
    await comes(client, 'one');
    await client.ask({ type: 'unsubscribe', channel: 'room:1' });
    await ground.publish('two');
    const answer = await client.ask({ type: 'subscribe', channel: 'room:1', after: position });
    assert.equal(answer.type === 'subscribed' && answer.position, position);
    await comes(client, 'two');
    assert.deepEqual(
      seen(client).map(({ data }) => data),
      ['one', 'two'],
    );
  });

  cell(
    'cut: while a rule is being asked, nothing is subscribed',
    async (ground) => {
      const client = await ground.open();
      const release = ground.permissions.hold();
      client.send({ type: 'subscribe', id: 2, channel: 'asked:1' });
      await client.ask({ type: 'ping' });
      client.cut();
      await ground.observed('the cut', () => ground.count('connection_closed') === 1);
      release();
      await ground.hub.channel('asked:1').publish('said', 'for nobody');
      assert.equal(ground.count('subscribed'), 0);
    },
    quick,
  );
}
