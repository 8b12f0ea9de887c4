import { createServer } from 'node:http';
import type { Transport } from '@rt/core';
import { attach, nodeExchange } from '@rt/node';
import { rawWebSocket } from '@rt/testkit';
import { WebSocketServer } from 'ws';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listening } from '../support/listen.ts';

// RT-SAFE-16
test('whatever subprotocols clients make up, nothing is kept of them', async () => {
  const shaken = vi.spyOn(WebSocketServer.prototype, 'handleUpgrade');
  onTestFinished(() => shaken.mockRestore());
  const pipes: Transport[] = [];
  // A host that takes whatever is offered, as gateways of Nest do.
  const server = createServer((request, response) => {
    const exchange = nodeExchange(request, response);
    const subprotocol = exchange.header('sec-websocket-protocol');
    const session = { receive() {}, drained() {}, closed() {} };
    pipes.push(exchange.upgrade(session, { maxBytes: 1000, subprotocol }));
  });
  attach(server);
  const { port, close } = await listening(server);
  onTestFinished(close);
  onTestFinished(() => {
    for (const pipe of pipes) pipe.abort();
  });
  for (let n = 0; n < 20; n += 1) {
    const handshake = await rawWebSocket({ port, path: '/rt', protocols: [`made-up-${n}`] });
    expect(handshake.type).toBe('open');
    const head = handshake.type === 'open' ? await handshake.webSocket.head : handshake.head;
    expect(head.headers.get('sec-websocket-protocol')).toEqual([`made-up-${n}`]);
  }
  expect(shaken).toHaveBeenCalledTimes(20);
  expect(new Set(shaken.mock.contexts).size).toBe(1);
});
