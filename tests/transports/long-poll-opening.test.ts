import { createServer } from 'node:http';
import type { Hub } from '@rt/core';
import { realtime } from '@rt/node';
import { rawRequest } from '@rt/testkit';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';

/** Keeps the process busy: timers that are due meanwhile run before what waits for the end of the turn. */
function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('the opening of a session over long-poll has what its subscriptions have, however busy the process is', async () => {
  const { hub, observed } = testHub();
  const rt = realtime(hub as unknown as Hub, { user: () => null });
  const { port, close } = await listening(createServer((request, response) => void rt(request, response)));
  await hub.channel('open:1').publish('said', 'before');
  void observed((events) => events.some(({ type }) => type === 'subscribed')).then(async () => {
    for (let ticks = 0; ticks < 60; ticks += 1) await Promise.resolve();
    spin(5);
  });
  const response = await rawRequest({
    port,
    path: '/rt?wait=5',
    method: 'POST',
    body: '{"type":"connect","id":1,"subscriptions":[{"channel":"open:1","after":"start"}]}',
  });
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
    'connected',
    'subscribed',
    'publications',
  ]);
  response.cut();
  await hub.close({ withinMs: 100 });
  await close();
});
