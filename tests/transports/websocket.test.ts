import { openOverWebSocket, transportSuite } from '@rt/testkit';
import { describe, test } from 'vitest';
import { nodeRig } from './rig.ts';

describe('a session over WebSocket', () => {
  // RT-TRANSPORT-1
  transportSuite((name, run) => test(name, run, 30_000), nodeRig(openOverWebSocket));
});

describe('a session over WebSocket, compressed', () => {
  transportSuite(
    (name, run) => test(name, run, 30_000),
    nodeRig((request) => openOverWebSocket(request, true), { compress: true }),
  );
});
