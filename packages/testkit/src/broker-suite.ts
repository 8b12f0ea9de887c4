import assert from 'node:assert/strict';
import type { Broker, BrokerSink, Entry, Keep, Start } from '@rt/core';
import { nastyPayloads } from './nasty-payloads.ts';

/** The runner's `test`, whatever it is. */
export type TestFunction = (name: string, run: () => Promise<void>) => void;

/** How the suite gets at a kind of broker. */
export interface BrokerRig {
  /** A fresh and empty broker; the suite opens and closes it. */
  create(): Broker;
  /** Lets this time pass for the broker. */
  pass(ms: number): Promise<void>;
}

interface Opened {
  readonly broker: Broker;
  readonly seen: readonly (readonly [channel: string, entry: Entry])[];
  readonly passed: readonly (readonly [channel: string, payload: string, key: string | null])[];
}

const keep: Keep = { count: 5, forMs: 60_000 };
const all: Start = { type: 'start' };

/** Every sentence of the Broker contract as a test. Third parties run it over brokers of their own. */
export function brokerSuite(test: TestFunction, rig: BrokerRig): void {
  const cell = (name: string, run: (opened: Opened) => Promise<void>): void => {
    test(name, async () => {
      const broker = rig.create();
      const seen: (readonly [string, Entry])[] = [];
      const passed: (readonly [string, string, string | null])[] = [];
      const sink: BrokerSink = {
        appended: (channel, entry) => seen.push([channel, entry]),
        passed: (...passing) => passed.push(passing),
      };
      await broker.open(sink);
      try {
        await run({ broker, seen, passed });
      } finally {
        await broker.close();
      }
    });
  };

  cell('open: a second call rejects', async ({ broker }) => {
    await assert.rejects(broker.open({ appended: () => {}, passed: () => {} }));
  });

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
  cell('append: of all with the same key one is stored, and all are told its place', async ({ broker, seen }) => {
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
    assert.equal(seen.length, 3);
    assert.equal((await broker.append('y', 'a', { keep, key: 'k' })).repeated, false);
  });

  // RT-SESSION-18
  cell(
    'append: a key is remembered for five minutes, also when its publication is no longer kept',
    async ({ broker }) => {
      const append = (key: string | null) => broker.append('x', 'a', { keep: { count: 1, forMs: 1000 }, key });
      await append('k');
      for (let n = 0; n < 5; n += 1) await append(null);
      await rig.pass(299_000);
      assert.equal((await append('k')).repeated, true);
      await rig.pass(2_000);
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

  cell('appendAfter: only right after the place, and else it says what is newer', async ({ broker, seen }) => {
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

  cell('appendAfter: of a log whose newest is no longer kept, the place alone is told', async ({ broker }) => {
    const { epoch, offset } = await broker.append('x', 'a', { keep: { count: 5, forMs: 1000 } });
    await rig.pass(1001);
    const outcome = await broker.appendAfter('x', { epoch, offset: 0 }, 'b', { keep });
    assert.deepEqual(outcome.type === 'conflict' && [outcome.conflict.offset, outcome.conflict.newest], [offset, null]);
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

  cell('keep: by age, and the floor moves with it', async ({ broker }) => {
    const short: Keep = { count: 100, forMs: 1000 };
    await broker.append('x', 'a', { keep: short });
    await rig.pass(600);
    await broker.append('x', 'b', { keep: short });
    await rig.pass(600);
    const page = await broker.read('x', all, 10);
    assert.deepEqual([page.floor, page.top, page.entries.map(({ payload }) => payload)], [1, 2, ['b']]);
    await rig.pass(600);
    const empty = await broker.read('x', all, 10);
    assert.deepEqual([empty.epoch, empty.floor, empty.top, empty.entries], [page.epoch, 2, 2, []]);
  });

  cell(
    'follow: what is appended later reaches the sink in order, what was before does not',
    async ({ broker, seen }) => {
      await broker.append('x', 'before', { keep });
      const followed = await broker.follow('x', keep);
      assert.deepEqual([followed.floor, followed.top, followed.log.top], [0, 1, 1]);
      await Promise.all(['a', 'b'].map((data) => broker.append('x', data, { keep })));
      await broker.append('y', 'other', { keep });
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

  cell('follow: twice is once', async ({ broker, seen }) => {
    await Promise.all([broker.follow('x', keep), broker.follow('x', keep)]);
    await broker.append('x', 'a', { keep });
    assert.equal(seen.length, 1);
  });

  cell('pass: reaches whoever follows, and is kept nowhere', async ({ broker, seen, passed }) => {
    await broker.pass('x', 'to nobody', null);
    const { epoch } = await broker.follow('x', keep);
    await broker.append('x', 'a', { keep });
    await broker.pass('x', 'b', null);
    await broker.pass('x', 'c', 'k');
    await broker.pass('y', 'elsewhere', null);
    assert.deepEqual(passed, [
      ['x', 'b', null],
      ['x', 'c', 'k'],
    ]);
    assert.equal(seen.length, 1);
    const page = await broker.read('x', all, 10);
    assert.deepEqual([page.epoch, page.top, page.entries.map(({ payload }) => payload)], [epoch, 1, ['a']]);
    await broker.unfollow('x');
    await broker.pass('x', 'to nobody', null);
    assert.equal(passed.length, 2);
  });

  cell('unfollow: nothing reaches the sink after the call, and following again goes on', async ({ broker, seen }) => {
    await broker.unfollow('never followed');
    await broker.follow('x', keep);
    const leaving = broker.unfollow('x');
    await broker.append('x', 'a', { keep });
    await leaving;
    assert.equal(seen.length, 0);
    await Promise.all([broker.follow('x', keep), broker.unfollow('x'), broker.follow('x', keep)]);
    await broker.append('x', 'b', { keep });
    assert.deepEqual(
      seen.map(([, { offset }]) => offset),
      [2],
    );
  });

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
