import assert from 'node:assert/strict';
import type { Broker, Keep } from '@rt/core';
import type { Position } from '@rt/protocol';
import type { Cell } from './ground.ts';
import { all, keep } from './ground.ts';
import { say } from './states.ts';

const state: Keep = { count: 3, forMs: 1000, newestOnly: true };

/** What is appended only right after a place. */
export function conditions(cell: Cell): void {
  cell('appendAfter: only right after the place, and else it says what is newer', async ({ broker, seen, arrived }) => {
    const followed = await broker.follow('x', keep);
    const after = (offset: number, data: string, epoch = followed.epoch) =>
      broker.appendAfter('x', { epoch, offset }, data, { keep });
    assert.deepEqual(await after(0, 'a'), {
      type: 'appended',
      receipt: { epoch: followed.epoch, offset: 1, repeated: false },
    });
    for (const outcome of [await after(0, 'b'), await after(2, 'b'), await after(1, 'b', 'zz')]) {
      assert.ok(outcome.type === 'conflict');
      const { epoch, offset, newest } = outcome.conflict;
      assert.deepEqual([epoch, offset, newest?.payload], [followed.epoch, 1, 'a']);
    }
    assert.equal((await after(1, 'b')).type, 'appended');
    await arrived();
    assert.deepEqual(
      seen.map(([, { payload }]) => payload),
      ['a', 'b'],
    );
  });

  cell('appendAfter: of any that race after one place, one is appended', async ({ broker }) => {
    const { epoch, offset } = await broker.append('x', 'a', { keep });
    const racing = Array.from({ length: 20 }, (_, n) => broker.appendAfter('x', { epoch, offset }, `${n}`, { keep }));
    const outcomes = await Promise.all(racing);
    assert.equal(outcomes.filter(({ type }) => type === 'appended').length, 1);
    const page = await broker.read('x', all, 10);
    assert.deepEqual(
      [page.top, page.entries[1]?.payload],
      [2, String(outcomes.findIndex(({ type }) => type === 'appended'))],
    );
  });

  cell('appendAfter: a key that is known is answered with its place, whatever came since', async ({ broker }) => {
    const { epoch, offset } = await broker.append('x', 'a', { keep });
    const append = () => broker.appendAfter('x', { epoch, offset }, 'b', { keep, key: 'k' });
    await append();
    await broker.append('x', 'c', { keep });
    const again = await append();
    assert.deepEqual(again, { type: 'appended', receipt: { epoch, offset: offset + 1, repeated: true } });
  });

  cell('appendAfter: of a log whose newest is no longer kept, the place alone is told', async ({ broker, pass }) => {
    const { epoch, offset } = await broker.append('x', 'a', { keep: { count: 5, forMs: 1000 } });
    await pass(1001);
    const outcome = await broker.appendAfter('x', { epoch, offset: 0 }, 'b', { keep });
    assert.deepEqual(outcome.type === 'conflict' && [outcome.conflict.offset, outcome.conflict.newest], [offset, null]);
  });

  // RT-STATE-4
  cell('appendAfter: to a state, what stands is told, also if it is older than the floor', async ({ broker, pass }) => {
    const epoch = await say(broker, ['a', '-b']);
    await pass(1000);
    const about = { subject: 'a', removes: false };
    const outcome = await broker.appendAfter('x', { epoch, offset: 0 }, 'a', { keep: state, about });
    assert.equal(outcome.type === 'conflict' && outcome.conflict.newest?.offset, 1);
  });

  for (const kept of [state, keep]) {
    const of = kept.newestOnly === true ? 'a state' : 'a log';
    const append = (broker: Broker, place: Position, payload: string) =>
      broker.appendAfter('x', place, payload, {
        keep: kept,
        about: { subject: payload.replace('-', ''), removes: payload.startsWith('-') },
      });

    // RT-STATE-4
    cell(`appendAfter: to ${of}, only what is newer about the subject is in its way`, async ({ broker }) => {
      const epoch = await say(broker, ['a', 'b', 'c', 'b'], kept);
      assert.equal((await append(broker, { epoch, offset: 1 }, 'a')).type, 'appended');
      for (const place of [
        { epoch, offset: 1 },
        { epoch, offset: 3 },
        { epoch, offset: 99 },
        { epoch: 'zz', offset: 5 },
      ]) {
        const outcome = await append(broker, place, 'b');
        assert.ok(outcome.type === 'conflict');
        const { offset, newest } = outcome.conflict;
        assert.deepEqual([offset, newest?.offset, newest?.payload], [4, 4, 'b']);
      }
      assert.equal((await append(broker, { epoch, offset: 4 }, '-b')).type, 'appended');
      const removed = await append(broker, { epoch, offset: 4 }, 'b');
      assert.equal(removed.type === 'conflict' && removed.conflict.newest?.payload, '-b');
      assert.equal((await broker.read('x', all, 0)).top, 6);
    });

    cell(`appendAfter: to ${of}, of any that race on one subject one is appended`, async ({ broker }) => {
      const epoch = await say(broker, ['a', 'b'], kept);
      const racing = ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c'];
      const outcomes = await Promise.all(racing.map((payload) => append(broker, { epoch, offset: 2 }, payload)));
      assert.deepEqual(
        outcomes.map(({ type }) => type === 'appended'),
        [true, true, true, false, false, false, false, false, false],
      );
    });

    cell(
      `appendAfter: to ${of}, what cannot be known is a conflict, and the top leads on`,
      async ({ broker, pass }) => {
        const epoch = await say(broker, ['a', 'b', '-a', '-b', 'c'], { ...kept, forMs: 1000 });
        await pass(kept.newestOnly === true ? 1000 : 0);
        if (kept.newestOnly !== true) await say(broker, ['d', 'd', 'd', 'd', 'd', 'd', 'd'], kept);
        const outcome = await append(broker, { epoch, offset: 2 }, 'a');
        assert.ok(outcome.type === 'conflict');
        const { top } = await broker.read('x', all, 0);
        assert.deepEqual([outcome.conflict.offset, outcome.conflict.newest], [top, null]);
        assert.equal((await append(broker, { epoch, offset: top }, 'a')).type, 'appended');
      },
    );
  }
}
