import assert from 'node:assert/strict';
import type { Case } from './ground.ts';
import { quick } from './ground.ts';
import { comes } from './subscribing.ts';

/** How sessions end. */
export function life(cell: Case): void {
  // RT-DRAIN-1, RT-DRAIN-2
  cell(
    'close: the hub says when to come back, after what was published before',
    async (ground) => {
      const client = await ground.open([{ channel: 'room:1' }]);
      await client.next('subscribed');
      const published = ground.publish('last words');
      const closed = ground.hub.close({ withinMs: 5_000 });
      await published;
      const { bye } = await client.ended();
      assert.equal(bye?.error.code, 'hub_closed');
      assert.ok(bye.retryInMs !== null && bye.retryInMs >= 20 && bye.retryInMs <= 40, String(bye.retryInMs));
      await comes(client, 'last words').catch(() => assert.fail('what was published before did not come'));
      await closed;
    },
    { reconnect: { minMs: 20, maxMs: 40 } },
  );

  // RT-DRAIN-3
  cell('close: ends within its bound, whatever clients do', async (ground) => {
    const client = await ground.open([{ channel: 'deep:1' }]);
    await client.next('subscribed');
    client.pause();
    for (let n = 0; n < 500; n += 1) await ground.hub.channel('deep:1').publish('said', 'x'.repeat(20_000));
    const begun = performance.now();
    await ground.hub.close({ withinMs: 300 });
    assert.ok(performance.now() - begun < 5_000);
    assert.equal(ground.count('connection_closed'), 1);
    client.resume();
  });

  // RT-DRAIN-4
  cell('close: whoever comes then is sent elsewhere', async (ground) => {
    await ground.hub.close();
    const opened = await ground.tryToOpen({});
    assert.ok(opened.type === 'refused');
    assert.deepEqual([opened.error.code, opened.error.retryable], ['hub_closed', true]);
  });

  // RT-LIFE-3
  cell(
    'cut: the hub notices, and nothing is left',
    async (ground) => {
      const client = await ground.open([{ channel: 'room:1' }, { channel: 'room:2' }]);
      await client.next('subscribed', ({ channel }) => channel === 'room:2');
      client.cut();
      await ground.observed('the cut', () => ground.count('connection_closed') === 1);
      assert.equal(ground.count('unsubscribed'), 2);
      await ground.publish('for nobody');
    },
    quick,
  );

  cell(
    'cut: while a handler is at work, it ends in peace',
    async (ground) => {
      let finish = (): void => {};
      const done = new Promise<void>((resolve) => {
        finish = resolve;
      });
      ground.hub.on('room:{id}', 'wait', () => done);
      const client = await ground.open();
      client.send({ type: 'send', id: 2, channel: 'room:1', event: 'wait', data: null });
      await client.ask({ type: 'ping' });
      client.cut();
      await ground.observed('the cut', () => ground.count('connection_closed') === 1);
      finish();
      await ground.publish('for nobody');
    },
    quick,
  );
}
