import type { Scenario } from '../harness/scenario.ts';
import { rtWebSockets, small, uws } from './names.ts';

const channels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

export const manyChannels: Scenario = {
  name: 'many-channels',
  says: '1000 WebSockets in 10 channels each, 128 B, as much as they take: 2 publications to each channel in each turn',
  contestants: ['net', 'ws', 'socket.io', ...uws, ...rtWebSockets],
  quick: ['net', 'ws', ...uws, 'rt express'],
  control: 'net',
  setup: small,
  course: {
    type: 'fan-out',
    groups: [{ connections: 1000, channels }],
    members: 50,
    loads: [{ name: 'saturated', traffic: { type: 'turns', channels: 10, channelsPerTurn: 10, each: 2 } }],
  },
  goals: [
    {
      id: 'G5',
      says: '10 channels a connection: messages for the same CPU, by those of ws',
      load: 'saturated',
      of: rtWebSockets,
      number: 'cpuUs',
      against: 'ws',
      as: 'times',
      atLeast: 20,
    },
    {
      id: 'G5',
      says: '10 channels a connection: messages for the same CPU, by those of uWebSockets.js',
      load: 'saturated',
      of: rtWebSockets,
      number: 'cpuUs',
      against: 'uWebSockets.js',
      bridge: 'net on Node 20',
      as: 'times',
      atLeast: 1,
    },
  ],
};
