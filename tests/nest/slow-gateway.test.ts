import { connect } from 'node:net';
import { WebSocketGateway } from '@nestjs/websockets';
import type { GatewayClient } from '@rt/nest';
import { RtAdapter } from '@rt/nest';
import { within } from '@rt/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { listeningApp, nestApp } from './mounts/platforms.ts';

let come = Promise.withResolvers<number>();

/** Says much more than a socket takes whose other end does not read. */
@WebSocketGateway({ path: '/flood' })
class FloodGateway {
  handleConnection(client: GatewayClient): void {
    client.once('close', come.resolve);
    for (let n = 0; n < 400; n += 1) client.send('x'.repeat(100_000));
  }
}

const requests = {
  WebSocket: [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ],
  SSE: ['Accept: text/event-stream'],
};

// RT-NEST-10
test.each(['WebSocket', 'SSE'] as const)('a client of a gateway that reads nothing over %s is ended', async (wire) => {
  const app = await nestApp('Express', { providers: [FloodGateway] });
  app.useWebSocketAdapter(new RtAdapter(app));
  const { port, close } = await listeningApp(app);
  onTestFinished(close);
  come = Promise.withResolvers();
  // Nobody listens to what comes, so nothing is read.
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  socket.write(['GET /flood HTTP/1.1', 'Host: localhost', ...requests[wire], '', ''].join('\r\n'));
  expect(await within('its end', come.promise)).toBe(1006);
});
