// better-sse: sessions of Express, and its channels.
import { createServer } from 'node:http';
import type { Channel } from 'better-sse';
import { createChannel, createSession } from 'better-sse';
import express from 'express';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { channelsOf, listening } from '../server/stage.ts';

export async function open(_setup: Setup): Promise<Stage> {
  const channels: Channel[] = [];
  const app = express();
  app.get('/', async (request, response) => {
    const session = await createSession(request, response);
    for (const channel of channelsOf(request.url)) (channels[channel] ??= createChannel()).register(session);
  });
  return {
    ...(await listening(createServer(app))),
    publish(channel, text) {
      channels[channel]?.broadcast(text, 'm');
    },
  };
}
