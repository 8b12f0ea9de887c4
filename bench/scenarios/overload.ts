import type { Scenario } from '../harness/scenario.ts';
import { oneEachTurn, rtWebSockets, small, thousand } from './names.ts';

export const overload: Scenario = {
  name: 'overload',
  says: '1 channel, 1000 WebSockets, 128 B, 300 publications a second by the clock, whatever becomes of them',
  contestants: ['net', 'ws', 'socket.io', 'uWebSockets.js', ...rtWebSockets],
  quick: ['net', 'ws', 'rt express'],
  control: 'net',
  setup: small,
  course: {
    type: 'fan-out',
    groups: thousand,
    members: 50,
    loads: [
      {
        name: '300 a second',
        traffic: { type: 'schedule', streams: [{ channel: 0, perSecond: 300 }] },
        warm: oneEachTurn,
        // Whoever is behind by more than this will not catch up.
        drainWithinMs: 1000,
      },
    ],
  },
  goals: [
    {
      id: 'G6',
      says: '300 publications a second to 1000 on one core: connections that have not got all',
      load: '300 a second',
      of: rtWebSockets,
      number: 'incomplete',
      atMost: 0,
    },
    {
      id: 'G6',
      says: '300 publications a second to 1000 on one core: p99, ms',
      load: '300 a second',
      of: rtWebSockets,
      number: 'p99Ms',
      atMost: 60,
    },
  ],
};
