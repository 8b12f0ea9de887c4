import { createServer } from 'node:http';
import { realtime } from '@rt/express-sse';
import { RtModule } from '@rt/nest';
import { rawRequest } from '@rt/testkit';
import express from 'express';
import { expect, test } from 'vitest';
import { nestApp, platforms } from '../nest/mounts/platforms.ts';
import { hosts, newHub, reached, serve, serveFastify, visit } from './apps.ts';
import { listening } from '../support/listen.ts';
import { terminal } from './terminal.ts';

// RT-FIRST-1
test.each(hosts)(
  '%s: without attach the terminal says what to call, once, and clients go on over SSE',
  async (host) => {
    const { lines } = terminal();
    const hub = newHub();
    const port = await serve(host, hub, { upgrades: 0 });
    for (const client of [visit(port), visit(port)]) {
      const said = Promise.withResolvers<string>();
      client.channel('room:1').on('said', ({ text }) => said.resolve(text));
      await reached('the room', client.channel('room:1'), ({ state }) => state === 'live');
      expect(client.status).toEqual({ state: 'open', transport: 'sse' });
      await hub.channel('room:1').publish('said', { text: 'hi' });
      expect(await said.promise).toBe('hi');
    }
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toMatch(/not told to hand WebSocket upgrades .*call attach\(server\) .*rt\.attach\(app\.listen/);
  },
);

// RT-FIRST-1
test('a proxy that leaves a header away is not taken for a missing attach', async () => {
  const { lines } = terminal();
  const port = await serve('Express', newHub());
  const headers = { upgrade: 'websocket', connection: 'close', 'sec-websocket-version': '13' };
  const refused = await rawRequest({ port, path: '/rt', headers });
  expect(refused.head.status).toBe(426);
  expect(lines()).toEqual([
    expect.stringMatching(/let the proxy in front pass on both headers, Upgrade and Connection/),
  ]);
});

// RT-FIRST-2
test.each(hosts)('%s: a path is attached once, and a second time says so at the start', async (host) => {
  await expect(serve(host, newHub(), { upgrades: 2 })).rejects.toThrow(
    /^option_invalid: WebSockets at \/rt of this server are attached already; attach once for each path/,
  );
});

// RT-FIRST-2
test('Express: mounted twice, and at two paths, each event comes once', async () => {
  const hub = newHub();
  const rt = realtime(hub, { user: () => null });
  const { port, close } = await listening(createServer(express().use('/rt', rt).use('/rt', rt).use('/live', rt)));
  for (const path of ['/rt', '/live']) {
    const stream = await rawRequest({ port, path: `${path}?channel=room:1`, headers: { accept: 'text/event-stream' } });
    for (const text of ['one', 'two']) await hub.channel('room:1').publish('said', { text });
    expect((await stream.events(2)).map(({ data }) => data)).toEqual(['{"text":"one"}', '{"text":"two"}']);
  }
  await hub.close({ withinMs: 100 });
  await close();
});

// RT-FIRST-2
test('Fastify: registered twice at one path, the app does not start, and says which', async () => {
  const hub = newHub();
  const twice = serveFastify(hub, async (app) => {
    const { realtime } = await import('@rt/fastify');
    await app.register(realtime, { hub, user: () => null });
  });
  await expect(twice).rejects.toThrow(/already declared for route '\/rt'/);
});

// RT-FIRST-2
test.each(platforms)('Nest on %s: imported twice, the app does not start, and says why', async (platform) => {
  const hub = newHub();
  const once = (): ReturnType<typeof RtModule.forRoot> => RtModule.forRoot({ hub: hub as never, user: () => null });
  const app = await nestApp(platform, { imports: [once(), once()] });
  await expect(app.listen(0, '127.0.0.1')).rejects.toThrow(/already/);
  await app.close();
});
