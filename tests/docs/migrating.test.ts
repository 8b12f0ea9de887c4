import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createClient } from '@rt/client';
import { within } from '@rt/testkit';
import { expect, test, vi } from 'vitest';
import type { channels } from './migrating/channels.ts';
import { members, talk } from './migrating/client.ts';
import { answer, hooks, hub, start, tell } from './migrating/server.ts';

// RT-DOCS-4
test('what stands for rooms, acknowledgements, sockets of one user and webhooks does so', async () => {
  vi.stubEnv('PORT', '0');
  const server = start();
  vi.unstubAllEnvs();
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const transport = 'sse';
  const rt = createClient<typeof channels>(`http://localhost:${port}/rt`, { transport, headers: { 'x-user': 'ada' } });
  const shown: unknown[] = [];
  const log: string[] = [];
  const stops = [answer(), hooks((text) => log.push(text))];
  const notice = new Promise<unknown>((resolve) => {
    stops.push(rt.channel('user:ada', { from: 'start' }).on('notice', resolve));
  });
  stops.push(await talk(rt, (what) => shown.push(what)), await members(rt, () => {}));
  await tell();
  expect(await within('the notice', notice)).toEqual({ text: 'for you' });
  expect(shown).toContainEqual({ saved: true, room: '1', by: 'ada', data: { title: 'Lounge' } });
  expect(log).toContain('ada joined room:1');
  for (const stop of stops) stop();
  rt.close();
  await hub.close({ withinMs: 0 });
  server.close();
  server.closeAllConnections();
});
