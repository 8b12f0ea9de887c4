import assert from 'node:assert/strict';
import type { Case } from './ground.ts';
import { comes } from './subscribing.ts';

/** What clients ask: handlers, history, and whether anybody is there. */
export function asking(cell: Case): void {
  // RT-SESSION-9
  cell('send: is answered with what the handler returns, and nothing is published', async (ground) => {
    ground.hub.on('room:{id}', 'double', ({ data, params, user }) => ({ twice: Number(data) * 2, params, user }));
    const client = await ground.open([{ channel: 'room:7' }], { user: 'ada' });
    const answer = await client.ask({ type: 'send', channel: 'room:7', event: 'double', data: 21 });
    assert.ok(answer.type === 'answered');
    assert.deepEqual(answer.data, { twice: 42, params: { id: '7' }, user: { id: 'ada' } });
    assert.equal((await ground.hub.channel('room:7').history({ last: 9 })).publications.length, 0);
  });

  // RT-SESSION-11
  cell('send: bytes in, bytes out, and nothing is null', async (ground) => {
    ground.hub.on('room:{id}', 'reverse', ({ data }) => (data as Uint8Array).toReversed());
    ground.hub.on('room:{id}', 'nothing', () => {});
    const client = await ground.open();
    const bytes = await client.ask({ type: 'send', channel: 'room:1', event: 'reverse', base64: 'AQID' });
    assert.equal('base64' in bytes && bytes.base64, 'AwIB');
    const nothing = await client.ask({ type: 'send', channel: 'room:1', event: 'nothing', data: 0 });
    assert.equal(nothing.type === 'answered' && nothing.data, null);
  });

  // RT-PERM-1
  cell('send: nobody may unless the definition says so, and somebody has to answer', async (ground) => {
    ground.hub.on('short:{id}', 'ask', () => 1);
    const client = await ground.open([], { user: 'ada' });
    for (const [channel, code] of [
      ['short:1', 'send_denied'],
      ['own:bob', 'send_denied'],
      ['own:ada', 'handler_unknown'],
      ['nowhere:1', 'channel_unknown'],
    ]) {
      const answer = await client.ask({ type: 'send', channel, event: 'ask', data: 1 });
      assert.equal(answer.type === 'error' && answer.error.code, code);
    }
  });

  // RT-SESSION-17
  cell('send: what a handler throws stays on the server, and is told as a failure', async (ground) => {
    ground.hub.on('room:{id}', 'fail', () => {
      throw new Error('a secret');
    });
    ground.hub.on('room:{id}', 'unwritable', () => 1n);
    const client = await ground.open();
    for (const event of ['fail', 'unwritable']) {
      const answer = await client.ask({ type: 'send', channel: 'room:1', event, data: 1 });
      assert.ok(answer.type === 'error');
      assert.equal(answer.error.code, 'handler_failed');
      assert.equal(JSON.stringify(answer).includes('secret'), false);
    }
    assert.equal(ground.events.filter((event) => event.type === 'error' && event.stage === 'handler').length, 2);
  });

  cell('send: a slow handler holds up nobody else', async (ground) => {
    let finish = (_answer: string): void => {};
    const answer = new Promise<string>((resolve) => {
      finish = resolve;
    });
    ground.hub.on('room:{id}', 'wait', () => answer);
    const client = await ground.open([{ channel: 'room:1' }]);
    client.send({ type: 'send', id: 2, channel: 'room:1', event: 'wait', data: null });
    await client.ask({ type: 'publish', channel: 'room:1', event: 'said', data: 'meanwhile' });
    await comes(client, 'meanwhile');
    finish('at last');
    const answered = await client.next('answered');
    assert.deepEqual([answered.id, answered.data], [2, 'at last']);
  });

  cell('send: a handler that was taken away answers no more', async (ground) => {
    const off = ground.hub.on('room:{id}', 'ask', () => 1);
    const client = await ground.open();
    off();
    const answer = await client.ask({ type: 'send', channel: 'room:1', event: 'ask', data: 1 });
    assert.equal(answer.type === 'error' && answer.error.code, 'handler_unknown');
  });

  // RT-SESSION-10
  cell('history: the newest, from the floor, the last n, after a position, page by page', async (ground) => {
    const positions = await ground.publish(...Array.from({ length: 10 }, (_, n) => n));
    const client = await ground.open();
    for (const [query, expected, end] of [
      [{}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 9],
      [{ limit: 3 }, [7, 8, 9], 9],
      [{ last: 2 }, [8, 9], 9],
      [{ after: 'start', limit: 2 }, [0, 1], 1],
      [{ after: positions[1], limit: 3 }, [2, 3, 4], 4],
      [{ after: positions[9] }, [], 9],
    ] as const) {
      const page = await client.ask({ type: 'history', channel: 'room:1', ...query });
      assert.ok(page.type === 'history', JSON.stringify(page));
      assert.deepEqual(
        page.publications.map(({ data }) => data),
        expected,
      );
      assert.equal(page.position, positions[end]);
      assert.equal(page.publications[0]?.position, expected[0] === undefined ? undefined : positions[expected[0]]);
      assert.match(page.floor, /\.0$/);
      assert.equal(page.gap, undefined);
    }
  });

  cell('history: what is missing is a gap', async (ground) => {
    const client = await ground.open();
    for (let n = 0; n < 5; n += 1) await ground.hub.channel('short:1').publish('said', n);
    const floor = (await ground.hub.channel('short:1').history({ last: 0 })).floor;
    const after = floor.replace(/\d+$/, '1');
    const page = await client.ask({ type: 'history', channel: 'short:1', after });
    assert.deepEqual(page.type === 'history' && page.gap, { reason: 'trimmed', after, position: floor });
  });

  // RT-PERM-10
  cell('history: the past is only for those who may see it', async (ground) => {
    await ground.hub.channel('asked:1').publish('said', 1);
    ground.permissions.denied.add('history');
    const client = await ground.open();
    for (const frame of [
      { type: 'history', channel: 'asked:1' },
      { type: 'subscribe', channel: 'asked:1', after: 'start' },
      { type: 'subscribe', channel: 'asked:1', last: 1 },
    ]) {
      const answer = await client.ask(frame);
      assert.equal(answer.type === 'error' && answer.error.code, 'history_denied');
    }
    assert.equal((await client.ask({ type: 'subscribe', channel: 'asked:1' })).type, 'subscribed');
  });

  cell('history: without a permission to subscribe there is none', async (ground) => {
    const client = await ground.open();
    const answer = await client.ask({ type: 'history', channel: 'closed' });
    assert.equal(answer.type === 'error' && answer.error.code, 'subscribe_denied');
  });

  cell('ping: is answered', async (ground) => {
    const client = await ground.open();
    assert.deepEqual(await client.ask({ type: 'ping' }), { type: 'pong', id: 2 });
  });

  // RT-LIMIT-4
  cell(
    'rates: too many frames are refused with the time to wait, and the session goes on',
    async (ground) => {
      const client = await ground.open();
      client.send(...Array.from({ length: 30 }, (_, n) => ({ type: 'ping', id: n + 2 })));
      const { id, error } = await client.next('error');
      assert.equal(error.code, 'rate_limited');
      assert.ok((id ?? 0) > 10);
      assert.ok((error.retryInMs ?? 0) >= 1 && (error.retryInMs ?? 0) <= 100, String(error.retryInMs));
      const pongs = (): number => client.frames.filter(({ type }) => type === 'pong').length;
      const before = pongs();
      while ((await client.ask({ type: 'ping' })).type === 'error')
        await new Promise((resolve) => setImmediate(resolve));
      assert.ok(pongs() > before);
    },
    { limits: { rates: { commandsPerSecond: 20, burst: 15 } } },
  );

  // RT-LIMIT-4
  cell(
    'rates: publications have a rate of their own',
    async (ground) => {
      const client = await ground.open();
      const publish = { type: 'publish', channel: 'room:1', event: 'said', data: 1 };
      for (let n = 0; n < 3; n += 1) assert.equal((await client.ask(publish)).type, 'published');
      const answer = await client.ask(publish);
      assert.ok(answer.type === 'error' && answer.error.code === 'rate_limited');
      assert.ok((answer.error.retryInMs ?? 0) > 100);
      assert.equal((await client.ask({ type: 'ping' })).type, 'pong');
    },
    { limits: { rates: { commandsPerSecond: 100_000, publishesPerSecond: 1, burst: 3 } } },
  );
}
