import type { Scenario } from '../harness/scenario.ts';
import { rtWebSockets } from './names.ts';

const saturated = { type: 'turns', channels: 1000, each: 1 } as const;

export const tokenStreams: Scenario = {
  name: 'token-streams',
  says: '1000 channels with one WebSocket each, 128 B, as much as they take: each channel, or a hundred of them, in each turn',
  contestants: ['net', 'ws', 'socket.io', 'net sse', 'rt express sse', ...rtWebSockets],
  quick: ['net', 'ws', 'rt express'],
  control: 'net',
  // As many as are kept where nothing is said.
  setup: { payloadBytes: 128, keep: 100 },
  course: {
    type: 'fan-out',
    groups: [{ connections: 1000, channels: 'own' }],
    members: 0,
    loads: [
      { name: 'each', traffic: { ...saturated, channelsPerTurn: 1000 } },
      // No more than a turn writes: each message is a write of its own.
      { name: 'a hundred', traffic: { ...saturated, channelsPerTurn: 100 } },
    ],
  },
  goals: [
    {
      id: 'G12',
      says: '1000 token streams: CPU, by that of the raw net loop',
      load: 'each',
      of: rtWebSockets,
      number: 'cpuUs',
      against: 'net',
      atMost: 0.95,
    },
    {
      id: 'G12',
      says: '1000 token streams: CPU, by that of ws',
      load: 'each',
      of: rtWebSockets,
      number: 'cpuUs',
      against: 'ws',
      atMost: 0.8,
    },
  ],
};
