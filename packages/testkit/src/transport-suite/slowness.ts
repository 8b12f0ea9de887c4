import assert from 'node:assert/strict';
import type { Case } from './ground.ts';
import { noise } from './noise.ts';
import { comes, seen } from './subscribing.ts';

/** Readers that do not keep up. */
export function slowness(cell: Case): void {
  // RT-LIMIT-2
  cell('slow: a client that stops reading loses nothing that is kept, and others do not notice', async (ground) => {
    const slow = await ground.open([{ channel: 'deep:1' }]);
    const fast = await ground.open([{ channel: 'deep:1' }]);
    await slow.next('subscribed');
    await fast.next('subscribed');
    slow.pause();
    for (let n = 0; n < 1500; n += 1) {
      await ground.hub.channel('deep:1').publish('said', noise(n, 10_000));
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await ground.hub.channel('deep:1').publish('said', 'end');
    await comes(fast, 'end', 'deep:1');
    assert.equal(
      seen(slow, 'deep:1').some(({ data }) => data === 'end'),
      false,
    );
    slow.resume();
    await comes(slow, 'end', 'deep:1');
    for (const client of [fast, slow]) {
      const offsets = seen(client, 'deep:1').map(({ offset }) => offset);
      assert.deepEqual(
        offsets,
        Array.from({ length: 1501 }, (_, n) => n + 1),
      );
    }
  });

  // RT-GAP-6
  cell('slow: one that stops for too long is told of the gap, and goes on', async (ground) => {
    const slow = await ground.open([{ channel: 'short:1' }]);
    await slow.next('subscribed');
    slow.pause();
    for (let n = 0; n < 1500; n += 1) {
      await ground.hub.channel('short:1').publish('said', noise(n, 10_000));
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await ground.hub.channel('short:1').publish('said', 'end');
    slow.resume();
    await comes(slow, 'end', 'short:1');
    let at = 0;
    let gaps = 0;
    for (const frame of slow.frames) {
      if (frame.type === 'gap') {
        gaps += 1;
        assert.equal(frame.reason, 'trimmed');
        assert.equal(offsetOf(frame.after), at);
        at = offsetOf(frame.position);
      }
      if (frame.type !== 'publications') continue;
      for (const { offset } of frame.publications) {
        assert.equal(offset, at + 1);
        at = offset;
      }
    }
    assert.ok(gaps >= 1);
    assert.equal(at, 1501);
  });

  cell('catch-up: far behind is served in pages, in order, with nothing left out', async (ground) => {
    const positions: string[] = [];
    for (let n = 0; n < 2000; n += 1)
      positions.push(await ground.hub.channel('deep:1').publish('said', 'x'.repeat(1000)));
    const client = await ground.open([{ channel: 'deep:1', after: 'start' }]);
    while (seen(client, 'deep:1').length < 2000) await client.next('publications');
    assert.deepEqual(
      seen(client, 'deep:1').map(({ offset }) => offset),
      positions.map(offsetOf),
    );
    assert.ok(client.frames.filter(({ type }) => type === 'publications').length > 1);
  });
}

function offsetOf(position: string): number {
  return Number(position.slice(position.indexOf('.') + 1));
}
