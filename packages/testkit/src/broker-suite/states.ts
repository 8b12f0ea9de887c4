import assert from 'node:assert/strict';
import type { Broker, BrokerPage, Keep, Start } from '@rt/core';
import type { Cell } from './ground.ts';
import { all, keep } from './ground.ts';

const state: Keep = { count: 3, forMs: 1000, newestOnly: true };

/** Says something of subjects: `a` of a, `-a` that it is no more. Returns the epoch. */
export async function say(broker: Broker, said: readonly string[], kept: Keep = state): Promise<string> {
  let epoch = '';
  for (const payload of said) {
    const about = { subject: payload.replace('-', ''), removes: payload.startsWith('-') };
    ({ epoch } = await broker.append('x', payload, { keep: kept, about }));
  }
  return epoch;
}

function shown({ floor, top, entries, to }: BrokerPage): readonly unknown[] {
  return [floor, top, entries.map(({ offset, payload }) => `${offset} ${payload}`), to];
}

/** Channels of which the newest about each subject is kept. */
export function states(cell: Cell): void {
  // RT-STATE-1
  cell('state: of each subject the newest is kept, whatever its age', async ({ broker, pass }) => {
    const epoch = await say(broker, ['a', 'b', 'c', 'b', 'a']);
    await pass(5000);
    const page = async (start: Start): Promise<readonly unknown[]> => shown(await broker.read('x', start, 10));
    const after = (offset: number): Start => ({ type: 'after', position: { epoch, offset } });
    assert.deepEqual(await page(all), [0, 5, ['3 c', '4 b', '5 a'], 5]);
    assert.deepEqual(await page(after(0)), [0, 5, ['3 c', '4 b', '5 a'], 5]);
    assert.deepEqual(await page(after(3)), [0, 5, ['4 b', '5 a'], 5]);
    assert.deepEqual(await page(after(5)), [0, 5, [], 5]);
    assert.deepEqual(await page({ type: 'last', count: 2 }), [0, 5, ['4 b', '5 a'], 5]);
    assert.equal((await broker.read('x', all, 0)).newestOnly, true);
  });

  // RT-STATE-3
  cell('state: a removal is kept for its time, and then is the floor', async ({ broker, pass }) => {
    const epoch = await say(broker, ['a', 'b', '-a']);
    const from = async (offset: number): Promise<readonly unknown[]> =>
      shown(await broker.read('x', { type: 'after', position: { epoch, offset } }, 10));
    await pass(999);
    assert.deepEqual(await from(1), [0, 3, ['2 b', '3 -a'], 3]);
    await pass(1);
    assert.deepEqual(shown(await broker.read('x', all, 10)), [3, 3, ['2 b'], 3]);
    assert.deepEqual(await from(3), [3, 3, [], 3]);
    assert.deepEqual(await from(2), [3, 3, ['2 b'], 3], 'trimmed: from 0');
    assert.deepEqual(await from(4), [3, 3, ['2 b'], 3], 'ahead: from 0');
  });

  // RT-STATE-5
  cell('state: of too many removals the newest are kept', async ({ broker }) => {
    await say(broker, ['-a', '-b', '-c', '-d', '-e']);
    assert.deepEqual(shown(await broker.read('x', all, 10)), [2, 5, ['3 -c', '4 -d', '5 -e'], 5]);
  });

  cell('state: the floor does not go back when what was removed comes again', async ({ broker, pass }) => {
    await say(broker, ['-a']);
    await pass(1000);
    assert.equal((await broker.read('x', all, 0)).floor, 1);
    await say(broker, ['a']);
    assert.deepEqual(shown(await broker.read('x', all, 10)), [1, 2, ['2 a'], 2]);
  });

  // RT-STATE-5
  cell('state: one subject too many is refused, and changes nothing', async ({ broker, seen, arrived }) => {
    await broker.follow('x', state);
    const epoch = await say(broker, ['a', 'b', 'c']);
    const full = { code: 'state_full' };
    await assert.rejects(say(broker, ['d']), full);
    const about = { subject: 'd', removes: false };
    const place = { epoch, offset: 3 };
    await assert.rejects(broker.appendAfter('x', place, 'd', { keep: state, about }), full);
    await arrived();
    assert.deepEqual([(await broker.read('x', all, 0)).top, seen.length], [3, 3]);
    await say(broker, ['a', '-e', '-b', 'd']);
    assert.deepEqual(shown(await broker.read('x', all, 10)), [0, 7, ['3 c', '4 a', '5 -e', '6 -b', '7 d'], 7]);
  });

  cell('state: a key that is known comes first, also where it is full', async ({ broker }) => {
    const append = (subject: string, key: string) =>
      broker.append('x', subject, { keep: { ...state, count: 1 }, key, about: { subject, removes: false } });
    await append('a', 'k');
    await assert.rejects(append('b', 'l'), { code: 'state_full' });
    assert.deepEqual(await append('b', 'k').then(({ offset, repeated }) => [offset, repeated]), [1, true]);
  });

  cell('state: what is about nothing is refused', async ({ broker }) => {
    await say(broker, ['a']);
    await assert.rejects(broker.append('x', 'about nothing', { keep: state }));
    assert.equal((await broker.read('x', all, 0)).top, 1);
    await broker.append('y', 'about nothing', { keep });
  });

  // RT-STATE-1
  cell('state: a page that begins at 0 leads to the floor at least', async ({ broker, pass }) => {
    const epoch = await say(broker, ['a', 'b', '-c']);
    await pass(1000);
    await say(broker, ['d'], { ...state, count: 9 });
    await say(broker, ['e', 'f'], { ...state, count: 9 });
    assert.deepEqual(shown(await broker.read('x', all, 0)), [3, 6, [], 0]);
    assert.deepEqual(shown(await broker.read('x', all, 1)), [3, 6, ['1 a', '2 b'], 3]);
    assert.deepEqual(shown(await broker.read('x', all, 3)), [3, 6, ['1 a', '2 b', '4 d'], 4]);
    const after = (offset: number): Start => ({ type: 'after', position: { epoch, offset } });
    assert.deepEqual(shown(await broker.read('x', after(3), 1)), [3, 6, ['4 d'], 4]);
    assert.deepEqual(shown(await broker.read('x', after(4), 10)), [3, 6, ['5 e', '6 f'], 6]);
  });

  cell('state: whoever follows is given everything', async ({ broker, seen, arrived }) => {
    await say(broker, ['a', 'b']);
    const followed = await broker.follow('x', state);
    assert.deepEqual([followed.floor, followed.top, followed.newestOnly, followed.log.top], [0, 2, true, 2]);
    await say(broker, ['a', 'a', '-b']);
    await arrived();
    assert.deepEqual(
      seen.map(([, { offset, payload, about }]) => [offset, payload, about?.removes]),
      [
        [3, 'a', false],
        [4, 'a', false],
        [5, '-b', true],
      ],
    );
    assert.deepEqual(
      followed.log.read(0).entries.map(({ offset }) => offset),
      [4, 5],
    );
  });
}
