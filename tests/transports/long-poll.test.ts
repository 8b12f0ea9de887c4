import { openOverLongPoll, transportSuite } from '@rt/testkit';
import { describe, test } from 'vitest';
import { nodeRig } from './rig.ts';

describe('a session over long-poll', () => {
  // RT-TRANSPORT-1
  transportSuite((name, run) => test(name, run, 30_000), nodeRig(openOverLongPoll));
});
