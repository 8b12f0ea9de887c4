import { cache } from './cache.ts';
import type { Check } from './check.ts';
import { clock } from './clock.ts';
import { idle } from './idle.ts';
import { longPoll } from './long-poll.ts';
import { nodes } from './nodes.ts';
import { origin } from './origin.ts';
import { query, reach } from './reach.ts';
import { resume } from './resume.ts';
import { compression, stream } from './streams.ts';
import { tls } from './tls.ts';
import { websocket } from './websocket.ts';

/** In the order in which they stand on each other; what takes longest comes last. */
export const checks: readonly Check[] = [
  reach,
  tls,
  query,
  stream,
  compression,
  websocket,
  origin,
  nodes,
  longPoll,
  resume,
  cache,
  clock,
  idle,
];
