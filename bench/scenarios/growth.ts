import type { Scenario } from '../harness/scenario.ts';
import { rtWebSockets, small } from './names.ts';

export const growth: Scenario = {
  name: 'growth',
  says: 'more and more WebSockets in one channel with a publication a second, to the 20,000 descriptors that a process may have here',
  contestants: rtWebSockets,
  quick: ['rt express'],
  control: 'rt express',
  setup: small,
  course: { type: 'growth', steps: [1000, 10_000, 19_000], perSecond: 1 },
  quickCourse: { type: 'growth', steps: [500, 2000, 3500], perSecond: 1 },
  mostRounds: 1,
  goals: [
    {
      id: 'G15',
      says: 'connections that one process holds, with traffic',
      load: 'growth',
      of: rtWebSockets,
      number: 'connections',
      atLeast: 19_000,
    },
    { id: 'G15', says: 'connections that were lost', load: 'growth', of: rtWebSockets, number: 'lost', atMost: 0 },
    {
      id: 'G15',
      says: 'memory of each connection from 10,000 to 19,000, by that of each from 1000 to 10,000',
      load: 'growth',
      of: rtWebSockets,
      number: 'slope',
      atMost: 1.1,
    },
  ],
};
