import { readFile } from 'node:fs/promises';
import type { Broker } from '@rt/core';
import { channel, createHub, defineChannels, memoryBroker } from '@rt/core';
import { instrument } from '@rt/otel';
import { createVirtualClock } from '@rt/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { Collector } from './collector.ts';

/** The cells of the guide's table whose first column has this title. */
async function table(title: string): Promise<readonly (readonly string[])[]> {
  const guide = await readFile(new URL('../../docs/guides/metrics.md', import.meta.url), 'utf8');
  const [, body = ''] = guide.split(new RegExp(`^\\| ${title} .*\\n`, 'm'));
  const rows = body.split('\n\n')[0]?.split('\n').slice(1) ?? [];
  return rows.map((row) => row.split('|').map((cell) => cell.trim().replaceAll('`', '')));
}

/** All that is exported of a hub whose broker has something to say, after one turn. */
async function exported() {
  const clock = createVirtualClock();
  const broker: Broker = Object.assign(memoryBroker({ clock }), {
    measures: () => ({ repairs: 1, replaced: 2, probeAgeMs: 500 }),
  });
  const channels = defineChannels({ room: channel({ events: { said: z.string() }, subscribe: 'anyone' }) });
  const hub = createHub({ channels, broker, heartbeat: false, runtime: { clock } });
  const collector = new Collector();
  instrument(hub, collector);
  await hub.handle(new SimulatedPeer('channel=room'), () => null);
  await hub.channel('room').publish('said', 'x');
  await settle(clock);
  const metrics = await collector.metrics();
  const series = await collector.series();
  await closeUnder(clock, hub);
  await collector.close();
  return { metrics, series };
}

test('the guide has all instruments with their units and attributes, and no others', async () => {
  const { metrics } = await exported();
  const given = metrics.map(({ descriptor: { name, unit }, dataPoints }) => {
    const attributes = dataPoints.flatMap((point) => Object.keys(point.attributes));
    return [name, unit, [...new Set(attributes)].join(', ')].join(' | ');
  });
  const told = (await table('Name')).map(([, name, , unit, attributes]) => [name, unit, attributes].join(' | '));
  expect(told.toSorted()).toEqual(given.toSorted());
});

test('the guide has all values of attributes', async () => {
  const { metrics } = await exported();
  const told = new Map((await table('Attribute')).map(([, name = '', values = '']) => [name, values]));
  for (const { dataPoints } of metrics) {
    for (const { attributes } of dataPoints) {
      for (const [name, value] of Object.entries(attributes)) expect(told.get(name)).toContain(value);
    }
  }
});

// RT-MEASURE-1
test('what a broker has to say is told as it says it, in seconds', async () => {
  const { series } = await exported();
  expect(series).toMatchObject({ 'rt.broker.repairs': 1, 'rt.broker.replaced': 2, 'rt.broker.probe.age': 0.5 });
});
