import assert from 'node:assert/strict';
import type { Case } from './ground.ts';
import { quick } from './ground.ts';
import { noise } from './noise.ts';
import { comes } from './subscribing.ts';

/** Holds those up who wait for it, until it is opened. */
class Gate {
  open = (): void => {};
  readonly passed: Promise<void> = new Promise((resolve) => {
    this.open = resolve;
  });
}

/** What a session may have at most, and what is refused. */
export function bounds(cell: Case): void {
  // RT-SESSION-15
  cell('frames: an id that is no whole number from 1 is refused', async (ground) => {
    const client = await ground.open();
    const ids = [0, -1, 1.5, '7', null, 2 ** 53, [8]];
    client.sendText(ids.map((id) => JSON.stringify({ type: 'ping', id })).join('\n'));
    for (const id of ids) {
      const { error } = await client.next('error');
      assert.equal(error.code, 'id_invalid', String(id));
    }
    assert.equal((await client.ask({ type: 'ping' })).type, 'pong');
  });

  // RT-SESSION-14
  cell('frames: data, bytes and keys that are none are refused', async (ground) => {
    const client = await ground.open();
    const frame = { type: 'publish', channel: 'room:1', event: 'said' };
    for (const wrong of [
      { base64: 'A' },
      { base64: 'AQ' },
      { base64: 'AQ-_' },
      { base64: 7 },
      { base64: 'AQID', data: 1 },
      { data: 1, key: '' },
      { data: 1, key: 'k'.repeat(65) },
      { data: 1, key: 7 },
    ]) {
      const answer = await client.ask({ ...frame, ...wrong });
      assert.equal(answer.type === 'error' && answer.error.code, 'frame_invalid', JSON.stringify(wrong));
    }
    assert.equal((await client.ask({ ...frame, base64: '', key: 'k'.repeat(64) })).type, 'published');
  });

  // RT-LIMIT-4
  cell(
    'rates: what waits for a handler is bounded, and everything else is still answered once',
    async (ground) => {
      const gate = new Gate();
      ground.hub.on('room:{id}', 'wait', async () => {
        await gate.passed;
        return 'at last';
      });
      const client = await ground.open();
      client.send(
        ...Array.from({ length: 300 }, (_, n) => ({
          type: 'send',
          id: n + 2,
          channel: 'room:1',
          event: 'wait',
          data: null,
        })),
      );
      const { error } = await client.next('error');
      assert.equal(error.code, 'rate_limited');
      gate.open();
      const answered = (): readonly number[] =>
        client.frames.flatMap((frame) => (frame.type === 'answered' || frame.type === 'error' ? [frame.id ?? 0] : []));
      while (answered().length < 300) await client.next('answered');
      assert.equal(new Set(answered()).size, 300);
      const refused = client.frames.filter(({ type }) => type === 'error').length;
      assert.ok(refused > 0 && refused < 200, `${refused} of 300 were refused`);
      assert.equal((await client.ask({ type: 'ping' })).type, 'pong');
    },
    { limits: { rates: false } },
  );

  // RT-LIMIT-2
  cell(
    'slow: one that asks and never reads is ended, before it costs more than a bound',
    async (ground) => {
      const deep = ground.hub.channel('deep:1');
      for (let n = 0; n < 1000; n += 1) await deep.publish('said', noise(n, 1_000));
      const client = await ground.open();
      client.pause();
      const isOver = (): boolean => ground.count('connection_closed') === 1;
      const over = ground.observed('the end', isOver);
      // Until the buffers between the two are full, which may take tens of megabytes.
      for (let id = 2; id < 2000 && !isOver(); id += 1) {
        client.send({ type: 'history', id, channel: 'deep:1', last: 1000 });
        await new Promise((resolve) => setImmediate(resolve));
      }
      await over;
      client.resume();
      await client.ended();
    },
    { limits: { rates: false } },
  );

  // RT-GAP-7
  cell('slow: where being late is of no use, a reader that has missed something is ended alone', async (ground) => {
    const other = await ground.open([{ channel: 'room:1' }]);
    const slow = await ground.open([{ channel: 'strict:1' }]);
    await slow.next('subscribed');
    await other.next('subscribed');
    slow.pause();
    for (let n = 0; n < 1500; n += 1) {
      await ground.hub.channel('strict:1').publish('said', noise(n, 10_000));
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    slow.resume();
    await slow.ended();
    assert.equal(slow.frames.filter(({ type }) => type === 'gap').length, 0);
    await ground.publish('still here');
    await comes(other, 'still here');
    assert.equal((await other.ask({ type: 'ping' })).type, 'pong');
  });

  // RT-SESSION-11
  cell('history: bytes are base64 on a page, too', async (ground) => {
    await ground.publish(new Uint8Array([1, 2, 3]), { text: 'and this' });
    const client = await ground.open();
    const page = await client.ask({ type: 'history', channel: 'room:1' });
    assert.ok(page.type === 'history');
    assert.deepEqual(
      page.publications.map(({ position, ...publication }) => [position.split('.')[1], publication]),
      [
        ['1', { event: 'said', base64: 'AQID' }],
        ['2', { event: 'said', data: { text: 'and this' } }],
      ],
    );
  });

  cell(
    'history: a page is no larger than allowed, and the next one goes on where it ends',
    async (ground) => {
      await ground.publish(1, 2, 3, 4, 5);
      const client = await ground.open();
      for (const limit of [0, -1, 1.5, '2']) {
        const answer = await client.ask({ type: 'history', channel: 'room:1', limit });
        assert.equal(answer.type === 'error' && answer.error.code, 'frame_invalid', String(limit));
      }
      const data: unknown[] = [];
      let after = 'start';
      for (let pages = 0; pages < 3; pages += 1) {
        const page = await client.ask({ type: 'history', channel: 'room:1', after, limit: 900 });
        assert.ok(page.type === 'history' && page.publications.length <= 2);
        data.push(...page.publications.map((publication) => publication.data));
        after = page.position;
      }
      assert.deepEqual(data, [1, 2, 3, 4, 5]);
    },
    { limits: { maxPageSize: 2 } },
  );

  // RT-PERM-4
  cell('revoke: is no ban: who may, subscribes again', async (ground) => {
    const client = await ground.open([{ channel: 'room:1' }], { user: 'ada' });
    await client.next('subscribed');
    const [position] = await ground.publish('before');
    await comes(client, 'before');
    void ground.hub.revoke({ user: 'ada', channel: 'room:1' });
    await client.next('unsubscribed');
    await ground.publish('meanwhile');
    assert.equal((await client.ask({ type: 'subscribe', channel: 'room:1', after: position })).type, 'subscribed');
    await comes(client, 'meanwhile');
  });

  cell('revoke: of somebody who is not there, or has not subscribed, is harmless', async (ground) => {
    const client = await ground.open([{ channel: 'room:1' }], { user: 'ada' });
    await client.next('subscribed');
    void ground.hub.revoke({ user: 'ada', channel: 'room:2' });
    void ground.hub.revoke({ user: 'bob', channel: 'room:1' });
    void ground.hub.disconnect({ user: 'bob' });
    await ground.publish('still here');
    await comes(client, 'still here');
    assert.equal(client.frames.filter(({ type }) => type === 'unsubscribed').length, 0);
  });

  const verifying = new Gate();
  // RT-PERM-8
  cell(
    'token: one that is still being verified keeps no session alive',
    async (ground) => {
      const client = await ground.open([{ channel: 'room:1' }], { connect: { token: 'short' } });
      client.send({ type: 'refresh', id: 2, token: 'slow' });
      const { bye } = await client.ended();
      assert.equal(bye?.error.code, 'token_expired');
      verifying.open();
      await ground.publish('for nobody');
      assert.equal(client.frames.at(-1)?.type, 'bye');
    },
    {
      auth: {
        async tokens(token) {
          if (token === 'slow') await verifying.passed;
          return { user: { id: 'ada' }, expiresInMs: token === 'slow' ? 60_000 : 200 };
        },
      },
    },
  );

  // RT-LIFE-3
  cell(
    'close: what waits for a rule ends with it',
    async (ground) => {
      const client = await ground.open();
      const release = ground.permissions.hold();
      client.send(
        { type: 'subscribe', id: 2, channel: 'asked:1' },
        { type: 'publish', id: 3, channel: 'asked:2', event: 'said', data: 1 },
      );
      await client.ask({ type: 'ping', id: 4 });
      const closed = ground.hub.close({ withinMs: 2_000 });
      const { bye } = await client.ended();
      assert.equal(bye?.error.code, 'hub_closed');
      release();
      await closed;
      assert.equal(ground.count('subscribed'), 0);
    },
    quick,
  );
}
