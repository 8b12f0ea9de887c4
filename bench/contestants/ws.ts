// `ws`: a buffer made once, and `send` for each client, as its guide has it.
import { createServer } from 'node:http';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { listening, Listeners } from '../server/stage.ts';

export async function open({ compress }: Setup): Promise<Stage> {
  const listeners = new Listeners<WebSocket>();
  const server = createServer();
  const webSockets = new WebSocketServer({ server, perMessageDeflate: compress });
  webSockets.on('connection', (webSocket, request) => listeners.add(webSocket, request.url));
  return {
    ...(await listening(server)),
    publish(channel, text) {
      const message = Buffer.from(text);
      for (const webSocket of listeners.of(channel)) webSocket.send(message, { binary: false });
    },
  };
}
