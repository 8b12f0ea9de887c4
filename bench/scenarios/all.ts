import type { Scenario } from '../harness/scenario.ts';
import { deflate } from './deflate.ts';
import { streamFanOut, webSocketFanOut } from './fan-out.ts';
import { growth } from './growth.ts';
import { idleStreams, idleWebSockets } from './idle.ts';
import { manyChannels } from './many-channels.ts';
import { overload } from './overload.ts';
import { probe } from './probe.ts';
import { redis } from './redis.ts';
import { resume } from './resume.ts';
import { slowReaders } from './slow-readers.ts';
import { tokenStreams } from './token-streams.ts';

/** Everything that is measured, in the order of the goals. */
export const scenarios: readonly Scenario[] = [
  webSocketFanOut,
  streamFanOut,
  manyChannels,
  overload,
  idleWebSockets,
  idleStreams,
  slowReaders,
  probe,
  deflate,
  tokenStreams,
  resume,
  redis,
  growth,
];
