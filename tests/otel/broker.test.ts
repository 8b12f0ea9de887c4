import { instrument } from '@rt/otel';
import { redisBroker } from '@rt/redis';
import { tcpProxy } from '@rt/testkit';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { testHub } from '../support/hub.ts';
import type { Connect } from '../support/redis-clients.ts';
import { clients } from '../support/redis-clients.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import type { Series } from './collector.ts';
import { Collector } from './collector.ts';

const probeEveryMs = 100;

/** A node that reads over a road that may fail, and one beside it that publishes. */
async function nodes(connect: Connect) {
  const server = await RedisServer.start();
  const road = await tcpProxy(() => server.port);
  const [far, near] = [await connect(road.port), await connect(server.port)];
  const reading = testHub({ broker: redisBroker({ redis: far.redis, probeEveryMs, checkEveryMs: 200 }) });
  const writing = testHub({ broker: redisBroker({ redis: near.redis }) });
  const collector = new Collector();
  instrument(reading.hub, collector);
  const peer = new SimulatedPeer('channel=deep:1');
  await reading.hub.handle(peer, () => null);
  onTestFinished(async () => {
    peer.leave();
    road.mend();
    await Promise.all([reading.hub.close({ withinMs: 0 }), writing.hub.close({ withinMs: 0 })]);
    for (const client of [far, near]) client.close();
    await collector.close();
    await road.close();
    await server.stop();
  });
  let published = 0;
  return {
    server,
    road,
    collector,
    async publish(): Promise<void> {
      published += 1;
      await writing.hub.channel('deep:1').publish('said', published);
    },
    /** Resolves when the reader has been told as many publications as were made. */
    async arrived(): Promise<void> {
      const count = (): number => peer.items.filter((item) => item.type === 'event' && item.event === 'said').length;
      await eventually(`${published} publications have come`, () => count() === published);
    },
    async until(what: string, fits: (series: Series) => boolean): Promise<void> {
      await eventually(what, async () => fits(await collector.series()));
    },
  };
}

const repairs = 'rt.broker.repairs';
const replaced = 'rt.broker.replaced';
const age = 'rt.broker.probe.age';

describe.each(clients)('measures of a broker over Redis with %s', (_name, connect) => {
  // RT-MEASURE-1
  test('say that nothing had to be repaired as long as everything is heard', async () => {
    const { collector, publish, arrived } = await nodes(connect);
    for (let n = 0; n < 20; n += 1) await publish();
    await arrived();
    expect(await collector.series()).toMatchObject({
      [repairs]: 0,
      [replaced]: 0,
      'rt.ready': 1,
      'rt.publications.made kept': 0,
      'rt.publications.delivered': 20,
    });
  });

  // RT-MEASURE-1
  test('count a repair where something was not heard, and say meanwhile that the node is not ready', async () => {
    const { road, collector, publish, arrived, until } = await nodes(connect);
    await publish();
    await arrived();
    road.cut();
    await until('it is not ready', (series) => series['rt.ready'] === 0);
    for (let n = 0; n < 3; n += 1) await publish();
    road.mend();
    await arrived();
    await until('it is ready', (series) => series['rt.ready'] === 1);
    expect(await collector.series()).toMatchObject({ [repairs]: 1, [replaced]: 0, 'rt.gaps epoch_changed': 0 });
  });

  // RT-MEASURE-1
  test('count a log that was lost as replaced, with the gap of its reader', async () => {
    const { server, collector, publish, arrived, until } = await nodes(connect);
    await publish();
    await arrived();
    const admin = new Redis({ port: server.port });
    onTestFinished(() => admin.disconnect());
    await admin.flushall();
    await until('it is replaced', (series) => series[replaced] === 1);
    expect(await collector.series()).toMatchObject({ [repairs]: 0, 'rt.gaps epoch_changed': 1 });
  });

  // RT-MEASURE-1
  test('say how long the connection has said nothing', async () => {
    const { road, until } = await nodes(connect);
    const most = (probeEveryMs * 3) / 1000;
    const isYoung = (series: Series): boolean => (series[age] ?? most) < most;
    await until('the probe is young', isYoung);
    road.stall();
    await until('the probe is old', (series) => (series[age] ?? 0) > most);
    road.cut();
    road.mend();
    await until('the probe is young again', isYoung);
  });
});
