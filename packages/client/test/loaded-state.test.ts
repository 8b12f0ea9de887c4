import { expect, test } from 'vitest';
import { ChannelCore } from '../src/channel-core.ts';
import type { Loaded } from '../src/channel-core.ts';

test('while state is read again nothing is told that it may have; what it has not comes after it', async () => {
  const said: unknown[] = [];
  const core = new ChannelCore('room', {
    say: (frame) => void said.push(frame['type'], frame['after']),
    need() {},
    isOpen: () => true,
    timer: () => () => {},
  });
  const loads: ((loaded: Loaded<string>) => void)[] = [];
  core.configure({ state: () => new Promise((resolve) => loads.push(resolve)) });
  const told: unknown[] = [];
  core.read({
    state: (state) => told.push(state),
    gap: ({ reason }) => told.push(reason),
    publication: ({ data }) => told.push(data),
  });
  const load = async (state: string, position: string): Promise<void> => {
    loads.shift()?.({ state, position });
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  const batch = (epoch: string, offset: number) =>
    core.take({
      type: 'publications',
      channel: 'room',
      position: `${epoch}.${offset}`,
      publications: [{ offset, event: 'said', data: `${epoch}${offset}` }],
    });
  await load('first', 'e.3');
  core.take({ type: 'subscribed', channel: 'room', position: 'e.3' });
  batch('e', 4);
  core.take({ type: 'gap', channel: 'room', reason: 'epoch_changed', after: 'e.4', position: 'f.0' });
  batch('f', 1);
  expect(told).toEqual(['first', 'e4', 'epoch_changed']);
  // It was read before the second and after the first.
  await load('second', 'f.1');
  batch('f', 2);
  core.take({ type: 'subscribed', channel: 'room', position: 'f.1' });
  batch('f', 2);
  expect(told).toEqual(['first', 'e4', 'epoch_changed', 'second', 'f2']);
  expect(said).toEqual(['subscribe', 'e.3', 'unsubscribe', undefined, 'subscribe', 'f.1']);
});
