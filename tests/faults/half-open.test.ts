import { createServer } from 'node:http';
import type { Hub } from '@rt/core';
import { attach, realtime } from '@rt/node';
import type { OpenSession } from '@rt/testkit';
import { openOverLongPoll, openOverSse, openOverWebSocket, tcpProxy, within } from '@rt/testkit';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';

const transports: readonly (readonly [string, OpenSession])[] = [
  ['WebSocket', openOverWebSocket],
  ['SSE', openOverSse],
  ['long-poll', openOverLongPoll],
];

// RT-LIFE-2
test.each(transports)('a peer over %s that vanishes without a word is found in bounded time', async (_, open) => {
  const { hub, observed } = testHub({ heartbeat: { everyMs: 100 } });
  const server = createServer(
    (request, response) => void realtime(hub as unknown as Hub, { user: () => null })(request, response),
  );
  attach(server);
  const { port, close } = await listening(server);
  const proxy = await tcpProxy(() => port);
  const opened = await open({
    port: proxy.port,
    connect: { type: 'connect', id: 1, subscriptions: [{ channel: 'open:1' }] },
  });
  expect(opened.type).toBe('open');
  await within(
    'the subscription',
    observed((events) => events.some(({ type }) => type === 'subscribed')),
  );
  proxy.stall();
  await within(
    'the end of the connection',
    observed((events) => events.some(({ type }) => type === 'connection_closed')),
  );
  expect(opened.type === 'open' && opened.client.frames.some(({ type }) => type === 'bye')).toBe(false);
  if (opened.type === 'open') opened.client.cut();
  await hub.close({ withinMs: 500 });
  await proxy.close();
  await close();
});
