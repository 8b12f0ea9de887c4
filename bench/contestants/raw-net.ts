// The control: what Node can do with one write for each message and nothing else. A hand-made handshake, one buffer for all.
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { listening, Listeners } from '../server/stage.ts';

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export async function open(_setup: Setup): Promise<Stage> {
  const webSockets = new Listeners<Socket>();
  const streams = new Listeners<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    let head = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      if (head.endsWith('\r\n\r\n')) return;
      head += chunk.toString('latin1');
      if (!head.endsWith('\r\n\r\n')) return;
      const url = head.split(' ', 2)[1];
      const key = /^sec-websocket-key: *(.*)$/im.exec(head)?.[1]?.trim();
      if (key === undefined) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
        return streams.add(socket, url);
      }
      const accept = createHash('sha1')
        .update(key + guid)
        .digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      webSockets.add(socket, url);
    });
  });
  return {
    ...(await listening(server)),
    publish(channel, text) {
      const messages = webSockets.of(channel);
      if (messages.length > 0) {
        const frame = frameOf(text);
        for (const socket of messages) socket.write(frame);
      }
      const readers = streams.of(channel);
      if (readers.length === 0) return;
      const event = `data: ${text}\n\n`;
      const chunk = Buffer.from(`${event.length.toString(16)}\r\n${event}\r\n`);
      for (const socket of readers) socket.write(chunk);
    },
  };
}

function frameOf(text: string): Buffer {
  const payload = Buffer.from(text);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, payload.length])
      : Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, payload]);
}
