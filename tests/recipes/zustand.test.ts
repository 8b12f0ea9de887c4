import { within } from '@rt/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { shop } from './shop.ts';
import { orderStore } from './zustand.ts';

test('Zustand and immer: the order is read with its position, followed from there, and read again after a gap', async () => {
  const { rt, change, addLine, restart, holdAnswers, fetched, fetches } = await shop();
  const answer = holdAnswers();
  const store = orderStore(rt, '1');
  onTestFinished(() => store.stop());
  const shows = async (...wanted: readonly unknown[]): Promise<void> => {
    const shown = (): string => JSON.stringify(Object.values(store.getState().order ?? {}).flat());
    while (shown() !== JSON.stringify(wanted)) {
      await within(
        `${JSON.stringify(wanted)}, after ${shown()}`,
        new Promise<void>((resolve) => void store.subscribe(() => resolve())),
      );
    }
  };
  await fetched(1);
  // What comes after the order was read, and before that is answered, is added once.
  await addLine('Assam');
  answer();
  await shows('Tea', false, 'Assam');
  await change({ paid: true });
  await addLine('Ceylon');
  await shows('Tea', true, 'Assam', 'Ceylon');
  const { order } = store.getState();
  await change({ title: 'Teas' });
  await shows('Teas', true, 'Assam', 'Ceylon');
  // What has not changed is the same object.
  expect(store.getState().order?.lines).toBe(order?.lines);
  expect(fetches()).toBe(1);
  await restart();
  await addLine('Darjeeling');
  await shows('Teas', true, 'Assam', 'Ceylon', 'Darjeeling');
});
