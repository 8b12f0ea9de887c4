import type { Scenario } from '../harness/scenario.ts';

const channels = [0];

export const deflate: Scenario = {
  name: 'deflate',
  says: '1 channel, 100 WebSockets, 1 KiB of words, with permessage-deflate and without it',
  contestants: ['ws', 'ws deflate', 'rt express', 'rt express deflate'],
  quick: ['ws deflate', 'rt express', 'rt express deflate'],
  control: 'rt express',
  setup: { payloadBytes: 1024, keep: 10_000 },
  course: {
    type: 'fan-out',
    groups: [{ connections: 100, channels }],
    members: 50,
    loads: [{ name: '60 a second', traffic: { type: 'schedule', streams: [{ channel: 0, perSecond: 60 }] } }],
  },
  goals: [
    {
      id: 'G11',
      says: 'deflate, 60 publications a second: CPU, by that without',
      load: '60 a second',
      of: ['rt express deflate'],
      number: 'cpuUs',
      against: 'rt express',
      atMost: 1.1,
    },
    {
      id: 'G11',
      says: 'deflate, 60 publications a second: messages for the same CPU, by those of ws with deflate',
      load: '60 a second',
      of: ['rt express deflate'],
      number: 'cpuUs',
      against: 'ws deflate',
      as: 'times',
      atLeast: 3,
    },
  ],
};
