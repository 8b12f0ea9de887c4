import assert from 'node:assert/strict';
import type { Start } from '@rt/core';
import type { Cell } from './ground.ts';
import { all, keep } from './ground.ts';

/** Where a page begins, and what is on it. */
export function reading(cell: Cell): void {
  cell('read: a channel that was never appended to is empty, and keeps its epoch', async ({ broker }) => {
    const before = await broker.read('x', all, 10);
    assert.deepEqual([before.floor, before.top, before.entries], [0, 0, []]);
    const followed = await broker.follow('x', keep);
    assert.equal(followed.epoch, before.epoch);
    const { epoch, offset } = await broker.append('x', 'a', { keep });
    assert.deepEqual([epoch, offset], [before.epoch, 1]);
  });

  cell('read: never creates or changes a channel', async ({ broker }) => {
    const [one, other] = [await broker.read('x', all, 10), await broker.read('x', { type: 'last', count: 3 }, 0)];
    assert.deepEqual([one.epoch, one.top], [other.epoch, other.top]);
  });

  // RT-POS-5
  cell('read: begins where the start says, and takes no more than the limit', async ({ broker }) => {
    for (const data of 'abcdefg') {
      await broker.append('x', data, { keep });
    }
    const { epoch } = await broker.read('x', all, 0);
    const offsets = async (start: Start, limit: number): Promise<readonly number[]> => {
      const page = await broker.read('x', start, limit);
      assert.deepEqual([page.epoch, page.floor, page.top], [epoch, 2, 7]);
      return page.entries.map(({ offset }) => offset);
    };
    const after = (offset: number, of = epoch): Start => ({ type: 'after', position: { epoch: of, offset } });
    assert.deepEqual(await offsets(all, 3), [3, 4, 5]);
    assert.deepEqual(await offsets(all, 0), []);
    assert.deepEqual(await offsets({ type: 'live' }, 10), []);
    assert.deepEqual(await offsets({ type: 'last', count: 2 }, 10), [6, 7]);
    assert.deepEqual(await offsets({ type: 'last', count: 50 }, 10), [3, 4, 5, 6, 7]);
    assert.deepEqual(await offsets(after(2), 10), [3, 4, 5, 6, 7]);
    assert.deepEqual(await offsets(after(5), 1), [6]);
    assert.deepEqual(await offsets(after(7), 10), []);
    assert.deepEqual(await offsets(after(1), 10), [3, 4, 5, 6, 7], 'trimmed: from the floor');
    assert.deepEqual(await offsets(after(8), 10), [], 'ahead: from the top');
    assert.deepEqual(await offsets(after(6, 'zz'), 10), [3, 4, 5, 6, 7], 'another epoch: from the floor');
  });
}
