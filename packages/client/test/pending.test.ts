import { describe, expect, test } from 'vitest';
import { ChannelCore } from '../src/channel-core.ts';

/** A channel that is read from `e.3` on, with one publication of its own that is shown. */
function shown() {
  const timers: (() => void)[] = [];
  const core = new ChannelCore('room', {
    say() {},
    need() {},
    isOpen: () => true,
    timer(_afterMs, run) {
      timers.push(run);
      return () => {};
    },
  });
  const stop = core.read({});
  core.take({ type: 'subscribed', channel: 'room', position: 'e.3' });
  core.optimistic.add('mine', 'said', 1);
  const pending = (): readonly unknown[] => core.optimistic.cell.getSnapshot().map(({ data }) => data);
  return { core, pending, stop, pass: () => timers.splice(0).forEach((run) => run()) };
}

const batch = (position: string) => ({ type: 'publications', channel: 'room', position, publications: [] }) as const;

describe('what is shown and stored', () => {
  test('stays until it comes back', () => {
    const { core, pending } = shown();
    core.stored('mine', 'e.5');
    core.take({ ...batch('e.4'), publications: [{ offset: 4, event: 'said', data: 0 }] });
    expect(pending()).toEqual([1]);
    core.take({ ...batch('e.5'), publications: [{ offset: 5, event: 'said', data: 1, key: 'mine' }] });
    expect(pending()).toEqual([]);
  });

  test('goes when it is superseded: then it is never told', () => {
    const { core, pending } = shown();
    core.stored('mine', 'e.5');
    core.take({ ...batch('e.6'), publications: [{ offset: 6, event: 'said', data: 2 }] });
    expect(pending()).toEqual([]);
  });

  test('goes when it is known to be stored only after its place is behind us', () => {
    const { core, pending } = shown();
    core.take(batch('e.6'));
    expect(pending()).toEqual([1]);
    core.stored('mine', 'e.5');
    expect(pending()).toEqual([]);
  });

  test('goes with the log that held it, and not with the one before', () => {
    const { core, pending } = shown();
    core.stored('mine', 'f.1');
    core.take(batch('e.6'));
    expect(pending()).toEqual([1]);
    core.take({ type: 'gap', channel: 'room', reason: 'epoch_changed', after: 'e.6', position: 'f.0' });
    expect(pending()).toEqual([1]);
    core.take({ type: 'gap', channel: 'room', reason: 'epoch_changed', after: 'f.0', position: 'g.0' });
    expect(pending()).toEqual([]);
  });

  test('goes when nobody reads the channel any more, and is not kept where nobody does', () => {
    const { core, pending, stop, pass } = shown();
    core.stored('mine', 'e.5');
    stop();
    pass();
    expect(pending()).toEqual([]);
    core.optimistic.add('another', 'said', 2);
    core.stored('another', 'e.6');
    expect(pending()).toEqual([]);
  });
});
