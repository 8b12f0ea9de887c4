import assert from 'node:assert/strict';
import type { Cell } from './ground.ts';
import { all, keep } from './ground.ts';

/** What reaches the sink, and how a broker begins and ends. */
export function following(cell: Cell): void {
  cell('open: a second call rejects', async ({ broker }) => {
    await assert.rejects(broker.open({ appended: () => {}, passed: () => {}, replaced: () => {}, troubled: () => {} }));
  });

  cell(
    'follow: what is appended later reaches the sink in order, what was before does not',
    async ({ broker, seen, arrived }) => {
      await broker.append('x', 'before', { keep });
      const followed = await broker.follow('x', keep);
      assert.deepEqual([followed.floor, followed.top, followed.log.top], [0, 1, 1]);
      await Promise.all(['a', 'b'].map((data) => broker.append('x', data, { keep })));
      await broker.append('y', 'other', { keep });
      await arrived();
      assert.deepEqual(
        seen.map(([channel, { offset, payload }]) => [channel, offset, payload]),
        [
          ['x', 2, 'a'],
          ['x', 3, 'b'],
        ],
      );
      assert.equal(followed.log.top, 3);
    },
  );

  cell('follow: twice is once', async ({ broker, seen, arrived }) => {
    await Promise.all([broker.follow('x', keep), broker.follow('x', keep)]);
    await broker.append('x', 'a', { keep });
    await arrived();
    assert.equal(seen.length, 1);
  });

  cell('pass: reaches whoever follows, and is kept nowhere', async ({ broker, seen, passed, arrived }) => {
    await broker.pass('x', 'to nobody', null);
    const { epoch } = await broker.follow('x', keep);
    await broker.append('x', 'a', { keep });
    await broker.pass('x', 'b', null);
    await broker.pass('x', 'c', 'k');
    await broker.pass('y', 'elsewhere', null);
    await arrived();
    assert.deepEqual(passed, [
      ['x', 'b', null],
      ['x', 'c', 'k'],
    ]);
    assert.equal(seen.length, 1);
    const page = await broker.read('x', all, 10);
    assert.deepEqual([page.epoch, page.top, page.entries.map(({ payload }) => payload)], [epoch, 1, ['a']]);
    await broker.unfollow('x');
    await broker.pass('x', 'to nobody', null);
    await arrived();
    assert.equal(passed.length, 2);
  });

  cell(
    'unfollow: nothing reaches the sink after the call, and following again goes on',
    async ({ broker, seen, arrived }) => {
      await broker.unfollow('never followed');
      await broker.follow('x', keep);
      const leaving = broker.unfollow('x');
      await broker.append('x', 'a', { keep });
      await leaving;
      await arrived();
      assert.equal(seen.length, 0);
      await Promise.all([broker.follow('x', keep), broker.unfollow('x'), broker.follow('x', keep)]);
      await broker.append('x', 'b', { keep });
      await arrived();
      assert.deepEqual(
        seen.map(([, { offset }]) => offset),
        [2],
      );
    },
  );

  cell('close: harmless twice, and everything else rejects from then on', async ({ broker, seen }) => {
    await broker.follow('x', keep);
    await broker.close();
    await broker.close();
    await assert.rejects(broker.append('x', 'a', { keep }));
    await assert.rejects(broker.read('x', all, 1));
    await assert.rejects(broker.follow('x', keep));
    await assert.rejects(broker.pass('x', 'a', null));
    await assert.rejects(broker.appendAfter('x', { epoch: 'e', offset: 0 }, 'a', { keep }));
    assert.equal(seen.length, 0);
  });
}
