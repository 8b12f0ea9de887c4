import { RtError } from '@rt/core';
import { describe, expect, test } from 'vitest';
import { measuredHub, room } from './measured-hub.ts';

describe('instruments', () => {
  // RT-MEASURE-1
  test('do not move by themselves', async () => {
    const { collector, due, session, publish } = measuredHub();
    await session({ subscriptions: [{ channel: room }] });
    await publish(3);
    expect(await collector.moved(due)).toEqual({});
  });

  // RT-MEASURE-1
  test('count connections by how they are served, and subscriptions', async () => {
    const { collector, due, stream, session } = measuredHub();
    expect(await collector.moved(() => stream())).toEqual({
      'rt.connections.open stream': 1,
      'rt.subscriptions.open': 1,
    });
    const peer = await session();
    const subscribe = async (): Promise<void> => {
      // Who is there is a part of the subscription.
      peer.send({ type: 'subscribe', channel: room, presence: true });
      await due();
    };
    expect(await collector.moved(subscribe)).toEqual({ 'rt.subscriptions.open': 1 });
    const leave = (): void => peer.leave();
    expect(await collector.moved(leave)).toEqual({ 'rt.connections.open websocket': -1, 'rt.subscriptions.open': -1 });
  });

  // RT-MEASURE-1
  test('count a publication where it is made, and once for each reader; a repetition not at all', async () => {
    const { broker, collector, due, stream, session, publish } = measuredHub();
    await stream();
    await session({ subscriptions: [{ channel: room }, { channel: 'secret-room:2' }] });
    const made = {
      'rt.publications.made kept': 1,
      'rt.publications.delivered': 2,
      'rt.flush.duration': 1,
    };
    expect(await collector.moved(() => publish(1, { key: 'a' }))).toEqual(made);
    expect(await collector.moved(() => publish(1, { key: 'a' }))).toEqual({});
    const elsewhere = async (): Promise<void> => {
      await broker.append(room, 'said\n"from another node"', { keep: { count: 2, forMs: 1e6 } });
      await due();
    };
    expect(await collector.moved(elsewhere)).toEqual({ 'rt.publications.delivered': 2, 'rt.flush.duration': 1 });
  });

  // RT-MEASURE-1
  test('count what is ephemeral apart, and only for those who are told of it', async () => {
    const { hub, collector, due, stream, poll } = measuredHub();
    await stream();
    await poll('');
    const pass = async (): Promise<void> => {
      await hub.channel(room).publish('typing', 'x');
      await due();
    };
    expect(await collector.moved(pass)).toMatchObject({
      'rt.publications.made ephemeral': 1,
      'rt.publications.delivered': 1,
    });
  });

  // RT-MEASURE-1
  test('say that a poll waits, and count what is on its page', async () => {
    const { hub, collector, due, poll } = measuredHub();
    expect(await collector.moved(() => poll('&limit=1'))).toEqual({
      'rt.connections.open poll': 1,
      'rt.subscriptions.open': 1,
    });
    const both = async (): Promise<void> => {
      await Promise.all([hub.channel(room).publish('said', '1'), hub.channel(room).publish('said', '2')]);
      await due();
    };
    expect(await collector.moved(both)).toMatchObject({
      'rt.connections.open poll': -1,
      'rt.publications.made kept': 2,
      'rt.publications.delivered': 1,
    });
  });

  // RT-MEASURE-1
  test('do not count what is refused', async () => {
    const { hub, collector } = measuredHub();
    const refused = async (): Promise<void> => {
      await expect(hub.channel(room).publish('said', 'far too long')).rejects.toThrow(RtError);
      const stale = hub.channel(room).publish('said', 'x', { ifPosition: 'other.7' });
      await expect(stale).rejects.toThrow(RtError);
    };
    expect(await collector.moved(refused)).toEqual({});
  });

  // RT-MEASURE-2
  test('name no channel, user, session or event, only what the table of the guide has', async () => {
    const { collector, stream, session, publish } = measuredHub();
    await session({ client: 'secret-client', subscriptions: [{ channel: room, after: 'other.1' }] });
    await stream();
    await publish(5);
    const metrics = await collector.metrics();
    const attributes = metrics.flatMap(({ dataPoints }) =>
      dataPoints.flatMap((point) => Object.keys(point.attributes)),
    );
    expect([...new Set(attributes)].toSorted()).toEqual([
      'rt.kind',
      'rt.reason',
      'rt.result',
      'rt.stage',
      'rt.transport',
    ]);
    expect(JSON.stringify(metrics)).not.toMatch(/secret|said|session/);
  });

  // RT-MEASURE-3
  test('read the clock once more in a turn, and not once they are stopped', async () => {
    const { collector, stop, looks, stream, publish } = measuredHub();
    await stream();
    const looked = async (): Promise<number> => {
      const before = looks();
      await publish();
      return looks() - before;
    };
    const [first, second] = [await looked(), await looked()];
    expect(second).toBe(first);
    stop();
    expect(await looked()).toBe(first - 1);
    expect(await collector.moved(() => publish())).toEqual({});
  });
});
