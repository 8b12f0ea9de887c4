// Socket.IO: rooms, WebSocket alone, and the request forgotten as its guide to performance says.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { channelsOf, listening } from '../server/stage.ts';

export async function open({ compress }: Setup): Promise<Stage> {
  const server = createServer();
  const io = new Server(server, { transports: ['websocket'], serveClient: false, perMessageDeflate: compress });
  io.on('connection', (socket) => {
    void socket.join(channelsOf(socket.request.url).map(String));
    Object.assign(socket.conn, { request: null });
  });
  return {
    ...(await listening(server)),
    publish(channel, text) {
      io.to(String(channel)).emit('m', text);
    },
  };
}
