// @fastify/websocket: the sockets of its route, each sent the same buffer.
import websocket from '@fastify/websocket';
import Fastify from 'fastify';
import type { WebSocket } from 'ws';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { listening, Listeners } from '../server/stage.ts';

export async function open({ compress }: Setup): Promise<Stage> {
  const listeners = new Listeners<WebSocket>();
  const app = Fastify();
  await app.register(websocket, { options: { perMessageDeflate: compress } });
  app.get('/', { websocket: true }, (socket, request) => listeners.add(socket, request.url));
  return {
    ...(await listening(app.server, () => app.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }))),
    publish(channel, text) {
      const message = Buffer.from(text);
      for (const webSocket of listeners.of(channel)) webSocket.send(message, { binary: false });
    },
  };
}
