import type { Scenario } from '../harness/scenario.ts';
import { rtWebSockets } from './names.ts';

export const resume: Scenario = {
  name: 'resume',
  says: '10,000 WebSockets in 100 channels come back to a server that was killed, to 100 publications of 128 B each; log of record in Redis',
  contestants: rtWebSockets,
  quick: ['rt express'],
  control: 'rt express',
  setup: { payloadBytes: 128, keep: 1000 },
  course: { type: 'resume', clients: 10_000, channels: 100, publications: 100 },
  quickCourse: { type: 'resume', clients: 1000, channels: 10, publications: 100 },
  mostRounds: 3,
  goals: [
    {
      id: 'G13',
      says: 'a client that comes back to 100 publications: CPU, by that of one that comes for the first time',
      load: 'resume',
      of: rtWebSockets,
      number: 'ratio',
      atMost: 3,
    },
    {
      id: 'G13',
      says: 'reads of the log of record per channel, for all who come back',
      load: 'resume',
      of: rtWebSockets,
      number: 'readsPerChannel',
      atMost: 1,
    },
  ],
};
