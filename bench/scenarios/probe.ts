import type { Scenario } from '../harness/scenario.ts';
import { oneEachTurn, rtWebSockets, small } from './names.ts';

const crowded = [0];
const probed = [1];

export const probe: Scenario = {
  name: 'probe',
  says: 'a channel with 1 client and 100 publications a second, beside one with 5000 clients and 6 a second; 128 B',
  contestants: ['net', 'ws', 'uWebSockets.js', ...rtWebSockets],
  quick: ['net', 'rt express'],
  control: 'net',
  setup: small,
  course: {
    type: 'fan-out',
    groups: [
      { connections: 5000, channels: crowded },
      { connections: 1, channels: probed, apart: true },
    ],
    members: 50,
    loads: [
      {
        name: 'both',
        traffic: {
          type: 'schedule',
          streams: [
            { channel: 0, perSecond: 6 },
            { channel: 1, perSecond: 100 },
          ],
        },
        warm: oneEachTurn,
        windows: 4,
      },
    ],
  },
  goals: [
    {
      id: 'G10',
      says: 'a small channel beside a fan-out to 5000: its p99, ms',
      load: 'both',
      of: rtWebSockets,
      number: 'p99Ms1',
      atMost: 8,
    },
  ],
};
