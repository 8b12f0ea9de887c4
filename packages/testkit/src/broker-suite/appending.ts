import assert from 'node:assert/strict';
import type { Keep } from '@rt/core';
import { nastyPayloads } from '../nasty-payloads.ts';
import type { Cell } from './ground.ts';
import { all, keep } from './ground.ts';

/** What is appended, and how long it is kept. */
export function appending(cell: Cell): void {
  // RT-ORDER-3
  cell('append: offsets step by one from one, in the order of the calls', async ({ broker }) => {
    const receipts = await Promise.all(['a', 'b', 'c'].map((data) => broker.append('x', data, { keep })));
    assert.deepEqual(
      receipts.map(({ offset }) => offset),
      [1, 2, 3],
    );
    assert.equal(new Set(receipts.map(({ epoch }) => epoch)).size, 1);
    const page = await broker.read('x', all, 10);
    assert.deepEqual(
      page.entries.map(({ payload }) => payload),
      ['a', 'b', 'c'],
    );
  });

  cell('append: channels do not touch each other', async ({ broker }) => {
    await broker.append('x', 'a', { keep });
    const receipt = await broker.append('y', 'b', { keep });
    assert.equal(receipt.offset, 1);
    assert.equal((await broker.read('x', all, 10)).top, 1);
  });

  // RT-SESSION-7
  cell(
    'append: of all with the same key one is stored, and all are told its place',
    async ({ broker, seen, arrived }) => {
      await broker.follow('x', keep);
      const append = (data: string, key: string | null) => broker.append('x', data, { keep, key });
      const receipts = await Promise.all([append('a', 'k'), append('a', 'k'), append('b', null), append('c', 'l')]);
      receipts.push(await append('a', 'k'));
      assert.deepEqual(
        receipts.map(({ offset, repeated }) => [offset, repeated]),
        [
          [1, false],
          [1, true],
          [2, false],
          [3, false],
          [1, true],
        ],
      );
      await arrived();
      assert.equal(seen.length, 3);
      assert.equal((await broker.append('y', 'a', { keep, key: 'k' })).repeated, false);
    },
  );

  // RT-SESSION-18
  cell(
    'append: a key is remembered for five minutes, also when its publication is no longer kept',
    async ({ broker, pass }) => {
      const append = (key: string | null) => broker.append('x', 'a', { keep: { count: 1, forMs: 1000 }, key });
      await append('k');
      for (let n = 0; n < 5; n += 1) await append(null);
      await pass(299_000);
      assert.equal((await append('k')).repeated, true);
      await pass(2_000);
      assert.equal((await append('k')).repeated, false);
    },
  );

  // RT-SESSION-18
  cell('append: a thousand newer keys push one out', async ({ broker }) => {
    const append = (key: string) => broker.append('x', 'a', { keep, key });
    for (let n = 0; n < 1000; n += 1) await append(`k${n}`);
    assert.equal((await append('k0')).repeated, true);
    await append('k1000');
    assert.equal((await append('k0')).repeated, false);
  });

  cell('append: a payload is kept to the letter', async ({ broker }) => {
    const payloads = nastyPayloads.map((value) => JSON.stringify(value));
    for (const payload of payloads) {
      await broker.append('x', payload, { keep: { count: 100, forMs: 60_000 } });
    }
    const page = await broker.read('x', all, 100);
    assert.deepEqual(
      page.entries.map(({ payload }) => payload),
      payloads,
    );
  });

  cell('keep: by age, and the floor moves with it', async ({ broker, pass }) => {
    const short: Keep = { count: 100, forMs: 1000 };
    await broker.append('x', 'a', { keep: short });
    await pass(600);
    await broker.append('x', 'b', { keep: short });
    await pass(600);
    const page = await broker.read('x', all, 10);
    assert.deepEqual([page.floor, page.top, page.entries.map(({ payload }) => payload)], [1, 2, ['b']]);
    await pass(600);
    const empty = await broker.read('x', all, 10);
    assert.deepEqual([empty.epoch, empty.floor, empty.top, empty.entries], [page.epoch, 2, 2, []]);
  });
}
