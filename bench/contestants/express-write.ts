// What one writes without a library: Express, and `response.write` of one buffer for each client.
import { createServer } from 'node:http';
import type { Response } from 'express';
import express from 'express';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { listening, Listeners } from '../server/stage.ts';

export async function open(_setup: Setup): Promise<Stage> {
  const listeners = new Listeners<Response>();
  const app = express();
  app.get('/', (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.flushHeaders();
    listeners.add(response, request.url);
  });
  return {
    ...(await listening(createServer(app))),
    publish(channel, text) {
      const event = Buffer.from(`data: ${text}\n\n`);
      for (const response of listeners.of(channel)) response.write(event);
    },
  };
}
