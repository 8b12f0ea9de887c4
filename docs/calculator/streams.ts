// Written by `pnpm docs:write` from bench/results/results.json, where that is there.
import type { Streams } from './measured-shape.ts';

export const streams: Streams = {
  streamsBy: {
    command: 'pnpm bench',
    measuredOn: '2026-11-25',
    machine: '2 cores of an AMD EPYC, Node 24.21.0',
    rounds: 5,
  },
  websocket: {
    writeUs: 11.5,
    furtherUs: 0.144,
    writeBytes: 89,
    furtherBytes: 39,
    connectionKiB: 19.3,
  },
  sse: {
    writeUs: 10.2,
    furtherUs: 0.111,
    writeBytes: 6,
    furtherBytes: 38,
    connectionKiB: 25.8,
  },
  publicationUs: 2.3,
  heldByOneProcess: 19000,
};
