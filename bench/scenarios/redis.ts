import type { Scenario } from '../harness/scenario.ts';
import { small } from './names.ts';

const channels = [0];

export const redis: Scenario = {
  name: 'redis',
  says: 'a node whose log of record is in Redis, beside one in memory; 128 B',
  contestants: ['rt express', 'rt express redis'],
  quick: ['rt express', 'rt express redis'],
  control: 'rt express',
  setup: small,
  course: {
    type: 'fan-out',
    groups: [{ connections: 1, channels }],
    members: 0,
    loads: [
      { name: '1000 a second', traffic: { type: 'schedule', streams: [{ channel: 0, perSecond: 1000 }] } },
      { name: 'pipelined', traffic: { type: 'pipelined', underWay: 1000 } },
    ],
  },
  goals: [
    {
      id: 'G14',
      says: 'Redis, 1000 under way to 10 channels: appends a second',
      load: 'pipelined',
      of: ['rt express redis'],
      number: 'publishedPerSecond',
      atLeast: 30_000,
    },
    {
      id: 'G14',
      says: 'Redis, 1000 a second: what it adds to the p50, ms',
      load: '1000 a second',
      of: ['rt express redis'],
      number: 'p50Ms',
      against: 'rt express',
      as: 'difference',
      atMost: 2,
    },
  ],
};
