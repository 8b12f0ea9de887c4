import { describe, expect, test } from 'vitest';
import { measuredHub, room } from './measured-hub.ts';

describe('instruments of trouble', () => {
  // RT-MEASURE-1
  test('tell who came back without a gap from who did not, and why', async () => {
    const { collector, stream, publish } = measuredHub();
    const first = await publish();
    const back = (query: string) => collector.moved(() => stream(`channel=${room}&${query}`));
    expect(await back(`after=${first}`)).toMatchObject({ 'rt.recoveries recovered': 1 });
    await publish(3);
    expect(await back(`after=${first}`)).toMatchObject({ 'rt.recoveries gap trimmed': 1, 'rt.gaps trimmed': 1 });
    expect(await back('after=another.1')).toMatchObject({
      'rt.recoveries gap epoch_changed': 1,
      'rt.gaps epoch_changed': 1,
    });
    const [epoch] = first.split('.');
    expect(await back(`after=${epoch}.99`)).toMatchObject({ 'rt.recoveries gap ahead': 1, 'rt.gaps ahead': 1 });
    // Whoever brings no position does not come back.
    for (const query of ['after=start', 'last=1', '']) {
      expect(Object.keys(await back(query)).join()).not.toMatch('rt.recoveries');
    }
  });

  // RT-MEASURE-1
  test('say who is behind, until they have everything, and count the gap that they are told', async () => {
    const { collector, due, stream, publish } = measuredHub();
    const [slow] = [await stream(), await stream()];
    slow.stop();
    // One is on its way.
    await publish();
    expect(await collector.moved(() => publish())).toMatchObject({ 'rt.subscriptions.behind': 1 });
    await publish(3);
    const read = async (): Promise<void> => {
      slow.read();
      await due();
    };
    const moved = await collector.moved(read);
    expect(moved).toMatchObject({
      'rt.subscriptions.behind': -1,
      'rt.gaps trimmed': 1,
      'rt.publications.delivered': 2,
    });
    expect(Object.keys(moved).join()).not.toMatch('rt.recoveries');
  });

  // RT-MEASURE-1
  test('do not take those for slow whose turn has still to come', async () => {
    const { hub, clock, due, crowd } = measuredHub();
    await crowd(500);
    await hub.channel(room).publish('said', 'x');
    // One turn writes a part of them.
    clock.turn();
    const { delivered, behind } = hub.measures();
    expect([delivered > 0, delivered < 500, behind]).toEqual([true, true, 0]);
    await due();
    expect(hub.measures().delivered).toBe(500);
  });

  // RT-MEASURE-1
  test('count a log that was replaced as a gap of each reader whose place does not lead on', async () => {
    const { broker, collector, due, stream, publish } = measuredHub();
    await stream();
    await publish();
    const replace = async (): Promise<void> => {
      await broker.replace(2);
      await due();
    };
    expect(await collector.moved(replace)).toEqual({ 'rt.gaps epoch_changed': 1, 'rt.flush.duration': 1 });
  });

  // RT-MEASURE-1
  test('count errors by where they came from', async () => {
    const { hub, collector, due, session } = measuredHub();
    const peer = await session();
    const ask = async (frame: Readonly<Record<string, unknown>>): Promise<void> => {
      peer.send(frame);
      await due();
    };
    expect(await collector.moved(() => ask({ type: 'subscribe', channel: 'broken' }))).toEqual({ 'rt.errors rule': 1 });
    hub.on('secret-room:{id}', 'move', () => {
      throw new Error('the handler is broken');
    });
    const send = { type: 'send', channel: room, event: 'move', data: 1 };
    expect(await collector.moved(() => ask(send))).toEqual({ 'rt.errors handler': 1 });
    // A client that is refused is no error.
    expect(await collector.moved(() => ask({ type: 'subscribe', channel: 'nowhere' }))).toEqual({});
  });

  // RT-MEASURE-1
  test('say how many are left while the hub closes', async () => {
    const { hub, clock, collector, due, crowd } = measuredHub();
    await crowd(300);
    let closing = Promise.resolve();
    const begin = async (): Promise<void> => {
      closing = hub.close();
      await due();
    };
    // A slice of 200 goes at once.
    expect(await collector.moved(begin)).toMatchObject({
      'rt.connections.draining': 100,
      'rt.connections.open stream': -200,
      'rt.ready': -1,
    });
    const rest = async (): Promise<void> => {
      clock.advance(100);
      await due();
      await closing;
    };
    expect(await collector.moved(rest)).toMatchObject({ 'rt.connections.draining': -100 });
  });
});
