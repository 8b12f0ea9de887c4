// Written by `node tests/docs/poll-cost.ts`.
import type { Polls } from './measured-shape.ts';

export const polls: Polls = {
  pollsBy: {
    command: 'node tests/docs/poll-cost.ts',
    measuredOn: '2026-11-25',
    machine: '2 cores of an AMD EPYC, Node 24.21.0',
    rounds: 1,
  },
  poll: {
    requestUs: 51,
    publicationUs: 0.61,
    answerBytes: 315,
    publicationBytes: 50,
  },
};
