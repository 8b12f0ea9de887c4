import type { Scenario } from '../harness/scenario.ts';
import { rtStreams, rtWebSockets } from './names.ts';

const payloadBytes = 4096;
const keep = 1000;
const boundMB = (payloadBytes * keep) / 1e6;

export const slowReaders: Scenario = {
  name: 'slow-readers',
  says: '10 of 30 clients stop reading; 4 KiB, 1000 publications a second, the newest 1000 kept',
  contestants: ['net', 'ws', 'socket.io', 'better-sse', ...rtWebSockets, ...rtStreams],
  quick: ['ws', 'rt express', 'rt express sse'],
  control: 'ws',
  setup: { payloadBytes, keep },
  course: { type: 'slow', slow: 10, others: 20, perSecond: 1000, seconds: 4 },
  quickCourse: { type: 'slow', slow: 10, others: 20, perSecond: 1000, seconds: 3 },
  mostRounds: 2,
  goals: [
    {
      id: 'G9',
      says: `10 of 30 readers stop: growth of memory, MB, with ${boundMB} MB of log`,
      load: 'slow',
      of: [...rtWebSockets, ...rtStreams],
      number: 'grownMB',
      atMost: boundMB + 10,
    },
    {
      id: 'G9',
      says: '10 of 30 readers stop: others that have not got all',
      load: 'slow',
      of: [...rtWebSockets, ...rtStreams],
      number: 'othersIncomplete',
      atMost: 0,
    },
  ],
};
