import { channel, createHub, defineChannels, ephemeral, RtError } from '@rt/core';
import type { Broker, Clock } from '@rt/core';
import { instrument } from '@rt/otel';
import type { VirtualClock } from '@rt/testkit';
import { createVirtualClock } from '@rt/testkit';
import { beforeEach, afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ReplaceableBroker } from '../support/replaceable-broker.ts';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { SimulatedSession } from '../support/simulated-session.ts';
import { Collector } from './collector.ts';

const channels = defineChannels({
  'secret-room:{id}': channel({
    events: { said: z.string().max(9), typing: ephemeral(z.string()) },
    keep: { count: 2 },
    subscribe: 'anyone',
    send: 'anyone',
    presence: {},
  }),
  broken: channel({
    events: { said: z.string() },
    subscribe: () => {
      throw new Error('the rule is broken');
    },
  }),
});

const room = 'secret-room:1';
const user = 'secret-user';

/** A hub whose errors are printed nowhere. */
function made(runtimeClock: Clock, log: Broker) {
  return createHub({ channels, broker: log, heartbeat: false, runtime: { clock: runtimeClock }, observe: () => {} });
}

let clock: VirtualClock;
let broker: ReplaceableBroker;
let collector: Collector;
let hub: ReturnType<typeof made>;
let stop: () => void;
/** How often the time was asked for. */
let looks: number;

beforeEach(() => {
  clock = createVirtualClock();
  looks = 0;
  const counted: Clock = {
    ...clock,
    now() {
      looks += 1;
      return clock.now();
    },
  };
  broker = new ReplaceableBroker();
  hub = made(counted, broker);
  collector = new Collector();
  stop = instrument(hub, { meter: collector.meter });
});

afterEach(async () => {
  await closeUnder(clock, hub);
  await collector.close();
});

async function stream(query = `channel=${room}`): Promise<SimulatedPeer> {
  const peer = new SimulatedPeer(query);
  await hub.handle(peer, () => ({ id: user }));
  await settle(clock);
  return peer;
}

/** So many readers, of nobody in particular. */
async function crowd(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await hub.handle(new SimulatedPeer(`channel=${room}`), () => null);
  await settle(clock);
}

async function session(connect: Readonly<Record<string, unknown>> = {}): Promise<SimulatedSession> {
  const opened = await SimulatedSession.open(hub, { id: user }, connect);
  await settle(clock);
  return opened;
}

async function publish(count = 1, options: { readonly key?: string } = {}): Promise<string> {
  let position = '';
  for (let n = 0; n < count; n += 1) {
    position = await hub.channel(room).publish('said', `${n}`, options);
    await settle(clock);
  }
  return position;
}

describe('instruments', () => {
  // RT-MEASURE-1
  test('do not move by themselves', async () => {
    await session({ subscriptions: [{ channel: room }] });
    await publish(3);
    expect(await collector.moved(() => settle(clock))).toEqual({});
  });

  // RT-MEASURE-1
  test('count connections by how they are served, and subscriptions', async () => {
    expect(await collector.moved(() => stream())).toEqual({
      'rt.connections.open stream': 1,
      'rt.subscriptions.open': 1,
    });
    const peer = await session();
    const subscribe = async (): Promise<void> => {
      // Who is there is a part of the subscription.
      peer.send({ type: 'subscribe', channel: room, presence: true });
      await settle(clock);
    };
    expect(await collector.moved(subscribe)).toEqual({ 'rt.subscriptions.open': 1 });
    const leave = (): void => peer.leave();
    expect(await collector.moved(leave)).toEqual({ 'rt.connections.open websocket': -1, 'rt.subscriptions.open': -1 });
  });

  // RT-MEASURE-1
  test('count a publication where it is made, and once for each reader; a repetition not at all', async () => {
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
      await settle(clock);
    };
    expect(await collector.moved(elsewhere)).toEqual({ 'rt.publications.delivered': 2, 'rt.flush.duration': 1 });
  });

  // RT-MEASURE-1
  test('count what is ephemeral apart, and only for those who are told of it', async () => {
    await stream();
    const poll = new SimulatedPeer(`channel=${room}&wait=30`, { accept: 'application/json' });
    await hub.handle(poll, () => null);
    const pass = async (): Promise<void> => {
      await hub.channel(room).publish('typing', 'x');
      await settle(clock);
    };
    expect(await collector.moved(pass)).toMatchObject({
      'rt.publications.made ephemeral': 1,
      'rt.publications.delivered': 1,
    });
  });

  // RT-MEASURE-1
  test('say that a poll waits, and count what is on its page', async () => {
    const poll = new SimulatedPeer(`channel=${room}&wait=30&limit=1`, { accept: 'application/json' });
    const wait = (): Promise<void> => hub.handle(poll, () => null);
    expect(await collector.moved(wait)).toEqual({ 'rt.connections.open poll': 1, 'rt.subscriptions.open': 1 });
    const both = async (): Promise<void> => {
      await Promise.all([hub.channel(room).publish('said', '1'), hub.channel(room).publish('said', '2')]);
      await settle(clock);
    };
    expect(await collector.moved(both)).toMatchObject({
      'rt.connections.open poll': -1,
      'rt.publications.made kept': 2,
      'rt.publications.delivered': 1,
    });
  });

  // RT-MEASURE-1
  test('do not count what is refused', async () => {
    const refused = async (): Promise<void> => {
      await expect(hub.channel(room).publish('said', 'far too long')).rejects.toThrow(RtError);
      const stale = hub.channel(room).publish('said', 'x', { ifPosition: 'other.7' });
      await expect(stale).rejects.toThrow(RtError);
    };
    expect(await collector.moved(refused)).toEqual({});
  });

  // RT-MEASURE-1
  test('tell who came back without a gap from who did not, and why', async () => {
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
    const [slow] = [await stream(), await stream()];
    slow.stop();
    // One is on its way.
    await publish();
    expect(await collector.moved(() => publish())).toMatchObject({ 'rt.subscriptions.behind': 1 });
    await publish(3);
    const read = async (): Promise<void> => {
      slow.read();
      await settle(clock);
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
    await crowd(500);
    await hub.channel(room).publish('said', 'x');
    // One turn writes a part of them.
    clock.turn();
    const { delivered, behind } = hub.measures();
    expect([delivered > 0, delivered < 500, behind]).toEqual([true, true, 0]);
    await settle(clock);
    expect(hub.measures().delivered).toBe(500);
  });

  // RT-MEASURE-1
  test('count a log that was replaced as a gap of each reader whose place does not lead on', async () => {
    await stream();
    await publish();
    const replace = async (): Promise<void> => {
      await broker.replace(2);
      await settle(clock);
    };
    expect(await collector.moved(replace)).toEqual({ 'rt.gaps epoch_changed': 1, 'rt.flush.duration': 1 });
  });

  // RT-MEASURE-1
  test('count errors by where they came from', async () => {
    const peer = await session();
    const ask = async (frame: Readonly<Record<string, unknown>>): Promise<void> => {
      peer.send(frame);
      await settle(clock);
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
    await crowd(300);
    let closing = Promise.resolve();
    const begin = async (): Promise<void> => {
      closing = hub.close();
      await settle(clock);
    };
    // A slice of 200 goes at once.
    expect(await collector.moved(begin)).toMatchObject({
      'rt.connections.draining': 100,
      'rt.connections.open stream': -200,
      'rt.ready': -1,
    });
    const rest = async (): Promise<void> => {
      clock.advance(100);
      await settle(clock);
      await closing;
    };
    expect(await collector.moved(rest)).toMatchObject({ 'rt.connections.draining': -100 });
  });

  // RT-MEASURE-2
  test('name no channel, user, session or event, only what the table of the guide has', async () => {
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
    await stream();
    const looked = async (): Promise<number> => {
      const before = looks;
      await publish();
      return looks - before;
    };
    const [first, second] = [await looked(), await looked()];
    expect(second).toBe(first);
    stop();
    expect(await looked()).toBe(first - 1);
    expect(await collector.moved(() => publish())).toEqual({});
  });
});
