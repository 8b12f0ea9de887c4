import type { OutboxEntry, OutboxStore } from '@rt/client';
import { within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { ground } from './ground.ts';

const entry = (data: number): OutboxEntry => {
  return { key: `key ${data}`, channel: 'room:1', event: 'said', body: { data }, ifPosition: null, optimistic: false };
};

/** A store that keeps what it is given, and says what it has when the test lets it. */
function slowStore(left: readonly OutboxEntry[]) {
  const kept = new Map(left.map((one) => [one.key, one]));
  const loads: (() => void)[] = [];
  let broken = false;
  const store: OutboxStore = {
    async load() {
      await new Promise<void>((resolve) => loads.push(resolve));
      if (broken) throw new Error('it cannot be read');
      return [...kept.values()];
    },
    async add(one) {
      kept.set(one.key, one);
    },
    async remove(key) {
      kept.delete(key);
    },
  };
  return {
    store,
    kept,
    answer(): void {
      for (const load of loads.splice(0)) load();
    },
    break: () => void (broken = true),
  };
}

async function logged(hub: Awaited<ReturnType<typeof ground>>['hub']): Promise<readonly unknown[]> {
  const { publications } = await hub().channel('room:1').history({ last: 100 });
  return publications.map(({ data }) => data);
}

describe('an outbox that is kept', () => {
  test('is sent before what is published now, however long it takes to be read', async () => {
    const { client, hub } = await ground();
    const { store, kept, answer } = slowStore([entry(1), entry(2)]);
    const room = client('websocket', { outbox: store }).channel('room:1');
    const stored = [room.publish('said', 3), room.publish('said', 4)];
    answer();
    await within('all of it', Promise.all(stored));
    expect(await logged(hub)).toEqual([1, 2, 3, 4]);
    expect([...kept.keys()]).toEqual([]);
    // It is read again with each connection: what is on its way by then is not sent as another's.
    answer();
    await within('one more', room.publish('said', 5));
    expect(await logged(hub)).toEqual([1, 2, 3, 4, 5]);
  });

  test('holds nothing up when it cannot be read', async () => {
    const { client, hub } = await ground();
    const broken = slowStore([entry(1)]);
    broken.break();
    const room = client('websocket', { outbox: broken.store }).channel('room:1');
    const stored = room.publish('said', 2);
    broken.answer();
    await within('the publication', stored);
    expect(await logged(hub)).toEqual([2]);
  });
});
