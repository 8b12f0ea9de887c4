import { connect } from 'node:net';

/** A session over WebSocket, as cheap as a client can be: it counts what comes, and looks into nothing but its beginning. */
export interface RawSession {
  /** The bytes that came since the handshake. */
  readonly bytes: number;
  /** How often something came. */
  readonly reads: number;
  say(...frames: readonly object[]): void;
  close(): void;
}

const mask = Buffer.from([0, 0, 0, 0]);

/** Shakes hands, and connects with these frames. Resolves with the first bytes that come after. */
export async function openSession(port: number, user: string, ...frames: readonly object[]): Promise<RawSession> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.write(
    `GET /rt?user=${user} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: rt.v1\r\n\r\n',
  );
  const session = {
    bytes: 0,
    reads: 0,
    say: (...said: readonly object[]) => void socket.write(messageOf(said)),
    close: () => void socket.destroy(),
  };
  await new Promise<void>((resolve, reject) => {
    let shaken = false;
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      if (!shaken) {
        if (!chunk.toString('latin1').startsWith('HTTP/1.1 101')) return reject(new Error(chunk.toString('latin1')));
        shaken = true;
        return session.say(...frames);
      }
      session.bytes += chunk.length;
      session.reads += 1;
      resolve();
    });
  });
  return session;
}

/** One text message of frames: masked with zeros, which changes nothing, as RFC 6455 allows. */
function messageOf(frames: readonly object[]): Buffer {
  const text = Buffer.from(frames.map((frame) => JSON.stringify(frame)).join('\n'));
  const head =
    text.length < 126
      ? Buffer.from([0x81, 0x80 | text.length])
      : Buffer.from([0x81, 0x80 | 126, text.length >> 8, text.length & 255]);
  return Buffer.concat([head, mask, text]);
}
