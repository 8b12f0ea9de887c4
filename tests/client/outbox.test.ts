import type { OutboxEntry, OutboxStore } from '@rt/client';
import { within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { ground } from './ground.ts';

const entry = (data: number): OutboxEntry => {
  return { key: `key ${data}`, channel: 'room:1', event: 'said', body: { data }, ifPosition: null, optimistic: false };
};

/** A store that keeps what it is given, and says what it has as soon as the test lets it. */
function slowStore(left: readonly OutboxEntry[]) {
  const kept = new Map(left.map((one) => [one.key, one]));
  let answer = (): void => {};
  const answering = new Promise<void>((resolve) => (answer = resolve));
  const told = { kept, answer, loads: 0, broken: false };
  const store: OutboxStore = {
    async load() {
      told.loads += 1;
      await answering;
      if (told.broken) throw new Error('it cannot be read');
      return [...kept.values()];
    },
    async add(one) {
      kept.set(one.key, one);
    },
    async remove(key) {
      kept.delete(key);
    },
  };
  return Object.assign(told, { store });
}

async function logged(hub: Awaited<ReturnType<typeof ground>>['hub']): Promise<readonly unknown[]> {
  const { publications } = await hub().channel('room:1').history({ last: 100 });
  return publications.map(({ data }) => data);
}

describe('an outbox that is kept', () => {
  test('is sent before what is published now, however long it takes to be read', async () => {
    const { client, hub } = await ground();
    const slow = slowStore([entry(1), entry(2)]);
    const room = client('websocket', { outbox: slow.store }).channel('room:1');
    const stored = [room.publish('said', 3), room.publish('said', 4)];
    slow.answer();
    await within('all of it', Promise.all(stored));
    await within('one more', room.publish('said', 5));
    // It was read by the page and again with its connection: what was on its way by then is not sent as another's.
    expect(slow.loads).toBe(2);
    expect(await logged(hub)).toEqual([1, 2, 3, 4, 5]);
    expect([...slow.kept.keys()]).toEqual([]);
  });

  test('holds nothing up when it cannot be read', async () => {
    const { client, hub } = await ground();
    const slow = slowStore([entry(1)]);
    slow.broken = true;
    const room = client('websocket', { outbox: slow.store }).channel('room:1');
    const stored = room.publish('said', 2);
    slow.answer();
    await within('the publication', stored);
    expect(await logged(hub)).toEqual([2]);
  });
});
