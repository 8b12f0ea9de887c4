// Ours in Fastify.
import { realtime } from '@rt/fastify';
import Fastify from 'fastify';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { listening } from '../server/stage.ts';
import { benchHub, userOf } from './bench-hub.ts';

export async function open(setup: Setup): Promise<Stage> {
  const { hub, ...publishing } = benchHub(setup);
  const app = Fastify();
  const upgrades = { compress: setup.compress };
  await app.register(realtime, { hub, user: (request) => userOf(request.url), upgrades });
  const listen = (): Promise<unknown> => app.listen({ port: 0, host: '127.0.0.1', backlog: 8192 });
  return { ...(await listening(app.server, listen)), ...publishing };
}
