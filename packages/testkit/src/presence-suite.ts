import assert from 'node:assert/strict';
import type { Attendant, PlaceView, PresenceChange, PresenceSink, PresenceStore } from '@rt/core';
import type { TestFunction } from './broker-suite/ground.ts';
import { nastyPayloads } from './nasty-payloads.ts';
import { checkPlace } from './presence-follower.ts';
import type { ModelChange } from './presence-model.ts';
import { PresenceModel } from './presence-model.ts';
import { playPresence } from './presence-schedule.ts';

/** How the suite gets at a kind of presence store. */
export interface PresenceRig {
  /** A fresh and empty store; the suite opens and closes it. */
  create(): PresenceStore;
  /** Lets this time pass for the store, and what is under way arrive; also for 0. */
  pass(ms: number): Promise<void>;
  /** How many random schedules are played. @default 200 */
  readonly schedules?: number;
}

/** A change, and the place in which it was. */
interface ToldChange extends PresenceChange {
  readonly place: string;
}

interface Opened {
  readonly store: PresenceStore;
  readonly told: readonly ToldChange[];
  /** What was told, once everything has arrived: type, user and state. */
  readonly changes: (place?: string) => Promise<readonly (readonly [string, string, unknown])[]>;
}

const ada = (client = 'a', holder = `holder of ${client}`): Attendant => ({ user: 'ada', client, holder });
const bob = (client = 'b', holder = `holder of ${client}`): Attendant => ({ user: 'bob', client, holder });

/** Every sentence of the PresenceStore contract as a test. Third parties run it over stores of their own. */
export function presenceSuite(test: TestFunction, rig: PresenceRig): void {
  const cell = (name: string, run: (opened: Opened) => Promise<void>): void => {
    test(name, async () => {
      const store = rig.create();
      const told: ToldChange[] = [];
      await store.open(sinkInto(told));
      await store.listen();
      const changes: Opened['changes'] = async (place = 'x') => {
        await rig.pass(0);
        const here = told.filter((change) => change.place === place);
        const sequences = here.map(({ sequence }) => sequence);
        assert.deepEqual(
          sequences,
          [...new Set(sequences)].toSorted((one, other) => one - other),
        );
        return here.map(({ type, user, state }) => [type, user, JSON.parse(state) as unknown] as const);
      };
      try {
        await run({ store, told, changes });
      } finally {
        await store.close();
      }
    });
  };

  cell('open: a second call rejects', async ({ store }) => {
    await assert.rejects(store.open(sinkInto([])));
  });

  cell('enter: joined with the first client, updated with each other', async ({ store, changes }) => {
    await store.enter('x', ada('1'), '"here"');
    await store.enter('x', ada('2'), '"here"');
    await store.enter('x', bob(), 'null');
    assert.deepEqual(await changes(), [
      ['joined', 'ada', 'here'],
      ['updated', 'ada', 'here'],
      ['joined', 'bob', null],
    ]);
  });

  cell('leave: updated with each client, left with the last, of what was shown last', async ({ store, changes }) => {
    await store.enter('x', ada('1'), '1');
    await store.enter('x', ada('2'), '2');
    const before = (await changes()).length;
    await store.leave('x', ada('2'), 0);
    await store.leave('x', ada('1'), 0);
    assert.deepEqual((await changes()).slice(before), [
      ['updated', 'ada', 1],
      ['left', 'ada', 1],
    ]);
  });

  cell('enter, leave: of many at the same time one joined and one left is told', async ({ store, changes }) => {
    const clients = Array.from({ length: 20 }, (_, n) => ada(`${n}`));
    const all = (run: (client: Attendant) => Promise<void>): Promise<unknown> => Promise.all(clients.map(run));
    await all((client) => store.enter('x', client, 'null'));
    await all((client) => store.leave('x', client, 0));
    const types = (await changes()).map(([type]) => type);
    assert.deepEqual(types, ['joined', ...Array.from({ length: 38 }, () => 'updated'), 'left']);
  });

  cell('enter: what was brought newest is shown, whoever of the clients brings it', async ({ store, changes }) => {
    await store.enter('x', ada('1'), '1');
    await store.enter('x', ada('2'), '2');
    await store.enter('x', ada('1'), '3');
    await store.leave('x', ada('2'), 0);
    await store.leave('x', ada('1'), 0);
    assert.deepEqual(
      (await changes()).map(([, , state]) => state),
      [1, 2, 3, 3, 3],
    );
  });

  cell('enter: what a client brings again is not new, and nothing is told', async ({ store, changes }) => {
    await store.enter('x', ada('1'), '1');
    await store.enter('x', ada('2'), '2');
    await store.enter('x', ada('1', 'another holder'), '1');
    // It is newly brought, and what is shown stays the same.
    await store.enter('x', ada('1', 'another holder'), '2');
    assert.deepEqual(await changes(), [
      ['joined', 'ada', 1],
      ['updated', 'ada', 2],
    ]);
  });

  cell('leave: what the one who is gone has brought is shown no more', async ({ store, changes }) => {
    await store.enter('x', ada('1'), '1');
    await store.enter('x', ada('2'), '2');
    await store.leave('x', ada('2'), 0);
    assert.deepEqual((await changes()).at(-1), ['updated', 'ada', 1]);
  });

  cell('leave: of one who is not there, or is held by another, changes nothing', async ({ store, changes }) => {
    await store.leave('never heard of', ada(), 0);
    await store.leave('x', ada(), 10);
    await store.enter('x', ada('1', 'old'), '1');
    await store.enter('x', ada('1', 'new'), '1');
    await store.leave('x', ada('1', 'old'), 0);
    await store.leave('x', ada('2', 'new'), 0);
    await store.leave('x', bob('1', 'new'), 0);
    await store.leave('y', ada('1', 'new'), 0);
    await store.leave('x', ada('1', 'old'), 10);
    await rig.pass(20);
    assert.deepEqual(await changes(), [['joined', 'ada', 1]]);
    await store.leave('x', ada('1', 'new'), 0);
    await store.leave('x', ada('1', 'new'), 0);
    assert.equal((await changes()).length, 2);
  });

  cell('leave: after its time, and until then the client is there like any other', async ({ store, changes }) => {
    await store.enter('x', ada('1'), '1');
    await store.leave('x', ada('1'), 1000);
    await rig.pass(900);
    checkPlace(await store.look('x'), [{ user: 'ada', state: '1', connections: 1 }]);
    await store.enter('x', ada('2'), '2');
    await rig.pass(200);
    assert.deepEqual(await changes(), [
      ['joined', 'ada', 1],
      ['updated', 'ada', 2],
      ['updated', 'ada', 2],
    ]);
    checkPlace(await store.look('x'), [{ user: 'ada', state: '2', connections: 1 }]);
  });

  cell('enter: takes a leave back, whoever holds the client then', async ({ store, changes }) => {
    await store.enter('x', ada('1', 'old'), '1');
    await store.leave('x', ada('1', 'old'), 1000);
    await rig.pass(900);
    await store.enter('x', ada('1', 'new'), '1');
    await rig.pass(5000);
    assert.equal((await changes()).length, 1);
    await store.leave('x', ada('1', 'new'), 1000);
    await store.enter('x', ada('1', 'new'), '2');
    await rig.pass(5000);
    assert.deepEqual((await changes()).at(-1), ['updated', 'ada', 2]);
  });

  cell('leave: a second one begins the time anew, be it longer or none', async ({ store, changes }) => {
    await store.enter('x', ada(), '1');
    await store.leave('x', ada(), 1000);
    await rig.pass(900);
    await store.leave('x', ada(), 1000);
    await rig.pass(900);
    assert.equal((await changes()).length, 1);
    await rig.pass(200);
    assert.equal((await changes()).length, 2);
    await store.enter('x', ada(), '1');
    await store.leave('x', ada(), 1000);
    await store.leave('x', ada(), 0);
    assert.equal((await changes()).length, 4);
    await rig.pass(5000);
    assert.equal((await changes()).length, 4);
  });

  // RT-PRESENCE-4
  cell(
    'calls take effect in their order, and sequences rise, also over being empty',
    async ({ store, told, changes }) => {
      const calls: Promise<void>[] = [];
      for (let n = 0; n < 10; n += 1) calls.push(store.enter('x', ada(), `${n}`), store.leave('x', ada(), 0));
      await Promise.all(calls);
      const expected = Array.from({ length: 10 }, (_, n) => [
        ['joined', 'ada', n],
        ['left', 'ada', n],
      ]);
      assert.deepEqual(await changes(), expected.flat());
      await rig.pass(1_000_000);
      await store.enter('x', ada(), '10');
      await changes();
      assert.equal(told.length, 21);
    },
  );

  // RT-PRESENCE-11
  cell('expel: all clients of a user are gone at once, also who is waited for', async ({ store, changes }) => {
    await store.enter('x', ada('1'), '1');
    await store.enter('x', ada('2'), '2');
    await store.leave('x', ada('2'), 1000);
    await store.enter('x', { user: 'bob', client: '1', holder: '1' }, '1');
    await store.expel('ada', 'y');
    assert.equal((await changes()).length, 3);
    await store.expel('ada', 'x');
    assert.deepEqual((await changes()).slice(3), [
      ['updated', 'ada', 2],
      ['left', 'ada', 2],
    ]);
    checkPlace(await store.look('x'), [{ user: 'bob', state: '1', connections: 1 }]);
    await rig.pass(5000);
    assert.equal((await changes()).length, 5);
    await store.enter('y', { user: 'bob', client: '1', holder: '1' }, '1');
    await store.expel('bob', null);
    for (const place of ['x', 'y']) checkPlace(await store.look(place), []);
  });

  cell('places, and users in them, do not touch each other', async ({ store, changes }) => {
    await store.enter('x', ada(), '1');
    await store.enter('y', ada(), '2');
    await store.enter('x', { ...bob(), client: 'a', holder: 'holder of a' }, '3');
    await store.leave('x', ada(), 0);
    assert.deepEqual(await changes('y'), [['joined', 'ada', 2]]);
    checkPlace(await store.look('x'), [{ user: 'bob', state: '3', connections: 1 }]);
    checkPlace(await store.look('y'), [{ user: 'ada', state: '2', connections: 1 }]);
  });

  cell('users and states are kept to the letter', async ({ store, changes }) => {
    const view = await store.follow('x');
    const users = ['__proto__', 'constructor', ' ', 'a"b\\c', 'line\nfeed', 'é', '👋', '=1', 'a,b'];
    const states = nastyPayloads.map((payload) => JSON.stringify(payload)).filter((state) => state.length < 2000);
    const members = states.map((state, n) => ({ user: users[n] ?? `user ${n}`, state, connections: 1 }));
    for (const { user, state } of members) await store.enter('x', { ...ada(), user }, state);
    await changes();
    checkPlace(view, members);
    checkPlace(await store.look('x'), members);
  });

  cell('follow: has who was there before, and grows before the sink is told', async ({ store, changes, told }) => {
    await store.enter('x', ada(), '1');
    await changes();
    const view = await store.follow('x');
    checkPlace(view, [{ user: 'ada', state: '1', connections: 1 }]);
    const { top } = view.log;
    await store.enter('x', bob(), '2');
    await store.leave('x', ada(), 0);
    await changes();
    assert.equal(view.log.top, top + 2);
    const newest = view.log.read(top).entries.map(({ payload, about }) => [payload, about?.subject, about?.removes]);
    assert.deepEqual(newest, [
      ['{"user":"bob","state":2,"connections":1}', 'bob', false],
      ['"ada"', 'ada', true],
    ]);
    assert.equal(told.length, 3);
  });

  cell('follow: when the sink is told that a log has grown, it has, and those of others are not told', async () => {
    const store = rig.create();
    const views = new Map<string, PlaceView>();
    const tops: (number | undefined)[] = [];
    await store.open({ ...sinkInto([]), grown: (place) => tops.push(views.get(place)?.log.top) });
    views.set('x', await store.follow('x'));
    await Promise.all([store.enter('x', ada(), '1'), store.enter('x', ada(), '2'), store.enter('y', ada(), '1')]);
    await store.leave('x', ada(), 10);
    await rig.pass(20);
    await store.close();
    assert.deepEqual(tops, [1, 2, 3]);
  });

  cell('follow: also to what has left; look reads a place that nobody follows', async ({ store, changes }) => {
    await store.enter('x', ada(), '1');
    await store.enter('x', bob(), '1');
    await store.leave('x', ada(), 0);
    await changes();
    checkPlace(await store.look('x'), [{ user: 'bob', state: '1', connections: 1 }]);
    checkPlace(await store.look('never heard of'), []);
    const view = await store.follow('empty');
    checkPlace(view, []);
    checkPlace(await store.look('empty'), []);
  });

  cell('unfollow: members stay, and what becomes of them is told all the same', async ({ store, changes }) => {
    await store.unfollow('never followed');
    await store.follow('x');
    await store.enter('x', ada(), '1');
    await store.unfollow('x');
    await store.unfollow('x');
    await store.enter('x', bob(), '1');
    assert.equal((await changes()).length, 2);
    checkPlace(await store.follow('x'), [
      { user: 'ada', state: '1', connections: 1 },
      { user: 'bob', state: '1', connections: 1 },
    ]);
  });

  cell('close: nobody is told to have left, also later', async ({ store, told, changes }) => {
    await store.enter('x', ada('1'), '1');
    await store.enter('x', ada('2'), '1');
    await store.leave('x', ada('1'), 1000);
    await changes();
    await store.close();
    await rig.pass(10_000);
    assert.equal(told.length, 2);
  });

  cell('close: twice is harmless, so are leave and unfollow, and all else rejects', async ({ store, told }) => {
    await store.follow('x');
    await store.close();
    await store.close();
    await store.leave('x', ada(), 0);
    await store.leave('x', ada(), 10);
    await store.unfollow('x');
    await assert.rejects(store.enter('x', ada(), '1'));
    await assert.rejects(store.follow('x'));
    await assert.rejects(store.look('x'));
    await assert.rejects(store.open(sinkInto([])));
    await rig.pass(20);
    assert.equal(told.length, 0);
  });

  // RT-PRESENCE-2, RT-PRESENCE-4
  test('random schedules of users, clients, holders and leaves are told as the model says', async () => {
    for (let seed = 1; seed <= (rig.schedules ?? 200); seed += 1) {
      const store = rig.create();
      const told: ToldChange[] = [];
      await store.open(sinkInto(told));
      await store.listen();
      const model = new PresenceModel();
      try {
        await playPresence({
          store,
          model,
          seed,
          pass: (ms) => rig.pass(ms),
          check: () => checkTold(told, model.told),
        });
      } catch (cause) {
        throw new Error(`the schedule of seed ${seed} is not told as the model says`, { cause });
      } finally {
        await store.close();
      }
    }
  });
}

function sinkInto(told: ToldChange[]): PresenceSink {
  return {
    grown: () => {},
    replaced: (place) => assert.fail(`the log of ${place} was replaced`),
    changed: async (place, change) => void told.push({ place, ...change }),
    missed: (count) => assert.fail(`${count} changes were lost`),
    troubled: (cause) => assert.fail(String(cause)),
  };
}

/** Changes of one place are told in their order, each once, with sequences that rise. */
function checkTold(told: readonly ToldChange[], expected: readonly ModelChange[]): void {
  for (const place of new Set(expected.map((change) => change.place))) {
    const here = told.filter((change) => change.place === place);
    assert.deepEqual(
      here.map(({ type, user, state }) => ({ place, type, user, state })),
      expected.filter((change) => change.place === place),
    );
    for (const [index, { sequence }] of here.entries()) assert.ok(sequence > (here[index - 1]?.sequence ?? -1));
  }
  assert.equal(told.length, expected.length);
}
