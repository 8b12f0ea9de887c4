// Ours in Express.
import { createServer } from 'node:http';
import { realtime } from '@rt/express-sse';
import express from 'express';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { listening } from '../server/stage.ts';
import { benchHub, userOf } from './bench-hub.ts';

export async function open(setup: Setup): Promise<Stage> {
  const { hub, ...publishing } = benchHub(setup);
  const app = express();
  const rt = realtime(hub, { user: (request) => userOf(request.originalUrl) });
  app.use('/rt', rt);
  const server = createServer(app);
  rt.attach(server, { compress: setup.compress });
  return { ...(await listening(server)), ...publishing };
}
