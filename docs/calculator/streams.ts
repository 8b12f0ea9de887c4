// Written by `pnpm docs:write` from bench/results/results.json, where that is there.
import type { Streams } from './measured-shape.ts';

export const streams: Streams = {
  streamsBy: {
    command: 'pnpm bench --quick',
    measuredOn: '2026-11-25',
    machine: '2 cores of an AMD EPYC, Node 24.21.0',
    rounds: 1,
  },
  websocket: { writeUs: 8.95, furtherUs: 0.095, writeBytes: 88, furtherBytes: 40, connectionKiB: 33.3 },
  sse: { writeUs: 8.83, furtherUs: 0.098, writeBytes: 6, furtherBytes: 38, connectionKiB: 32.3 },
  publicationUs: 5.8,
  heldByOneProcess: 10_000,
};
