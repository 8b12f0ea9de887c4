import type { Scenario } from '../harness/scenario.ts';
import { rtStreams, rtWebSockets, small } from './names.ts';

const course = { type: 'idle', first: 500, more: 9500 } as const;
const quickCourse = { type: 'idle', first: 200, more: 1800 } as const;

export const idleWebSockets: Scenario = {
  name: 'idle-websockets',
  says: '10,000 WebSockets that are told nothing; ours with a session, a subscription and its presence',
  contestants: ['net', 'ws', 'socket.io', '@fastify/websocket', 'nest platform-ws', 'uWebSockets.js', ...rtWebSockets],
  quick: ['net', 'ws', 'socket.io', 'rt express'],
  control: 'net',
  setup: small,
  course,
  quickCourse,
  mostRounds: 2,
  goals: [
    {
      id: 'G7',
      says: 'memory of an idle WebSocket with its session and a subscription, KiB',
      load: 'idle',
      of: rtWebSockets,
      number: 'rssKiB',
      atMost: 9,
    },
  ],
};

export const idleStreams: Scenario = {
  name: 'idle-streams',
  says: '10,000 event streams that are told nothing',
  contestants: ['net sse', 'express res.write', 'better-sse', '@fastify/sse', ...rtStreams],
  quick: ['better-sse', 'rt express sse'],
  control: 'net sse',
  setup: small,
  course,
  quickCourse,
  mostRounds: 2,
  goals: [
    {
      id: 'G8',
      says: 'memory of an idle event stream, KiB',
      load: 'idle',
      of: rtStreams,
      number: 'rssKiB',
      atMost: 19.5,
    },
  ],
};
