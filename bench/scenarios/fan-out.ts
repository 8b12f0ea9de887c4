import type { Load, Scenario } from '../harness/scenario.ts';
import { oneEachTurn, rtStreams, rtWebSockets, small, thousand, uws } from './names.ts';

const loads: readonly Load[] = [
  { name: 'saturated', traffic: oneEachTurn },
  { name: 'bursts of 20', traffic: { ...oneEachTurn, each: 20 } },
  // What runs for hours is warm.
  { name: '20 a second', traffic: { type: 'schedule', streams: [{ channel: 0, perSecond: 20 }] }, warm: oneEachTurn },
];

export const webSocketFanOut: Scenario = {
  name: 'websocket',
  says: '1 channel, 1000 WebSockets, 128 B',
  contestants: ['net', 'ws', 'socket.io', '@fastify/websocket', 'nest platform-ws', ...uws, ...rtWebSockets],
  quick: ['net', 'ws', 'socket.io', ...uws, 'rt express', 'rt nest'],
  control: 'net',
  setup: small,
  course: { type: 'fan-out', groups: thousand, members: 50, loads },
  goals: [
    {
      id: 'G1',
      says: 'WebSocket, 20 publications a second: CPU, by that of the raw net loop',
      load: '20 a second',
      of: rtWebSockets,
      number: 'cpuUs',
      against: 'net',
      atMost: 1.15,
    },
    {
      id: 'G2',
      says: 'WebSocket, saturated: CPU, by that of the raw net loop',
      load: 'saturated',
      of: rtWebSockets,
      number: 'cpuUs',
      against: 'net',
      atMost: 0.3,
    },
    {
      id: 'G4',
      says: 'WebSocket, bursts of 20: messages for the same CPU, by those of ws',
      load: 'bursts of 20',
      of: rtWebSockets,
      number: 'cpuUs',
      against: 'ws',
      as: 'times',
      atLeast: 60,
    },
    {
      id: 'G4',
      says: 'WebSocket, bursts of 20: messages for the same CPU, by those of uWebSockets.js',
      load: 'bursts of 20',
      of: rtWebSockets,
      number: 'cpuUs',
      against: 'uWebSockets.js',
      bridge: 'net on Node 20',
      as: 'times',
      atLeast: 2,
    },
  ],
};

export const streamFanOut: Scenario = {
  name: 'sse',
  says: '1 channel, 1000 event streams, 128 B',
  contestants: ['net sse', 'express res.write', 'better-sse', '@fastify/sse', ...rtStreams],
  quick: ['net sse', 'express res.write', 'better-sse', 'rt express sse', 'rt fastify sse'],
  control: 'net sse',
  setup: small,
  course: { type: 'fan-out', groups: thousand, members: 0, loads },
  goals: [
    {
      id: 'G3',
      says: 'SSE, 20 publications a second: CPU, by that of the raw net loop',
      load: '20 a second',
      of: rtStreams,
      number: 'cpuUs',
      against: 'net sse',
      atMost: 1.15,
    },
    {
      id: 'G3',
      says: 'SSE, saturated: CPU, by that of the raw net loop',
      load: 'saturated',
      of: rtStreams,
      number: 'cpuUs',
      against: 'net sse',
      atMost: 0.3,
    },
  ],
};
