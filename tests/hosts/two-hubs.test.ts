import { createServer } from 'node:http';
import { realtime } from '@rt/express-sse';
import { rawWebSocket } from '@rt/testkit';
import express from 'express';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';

// RT-HOST-6
test.each([
  [false, false],
  [false, true],
  [true, false],
  [true, true],
])(
  'two hubs on one server, exclusive or not (%s, %s): each takes its own, and the app the rest',
  async (...exclusive) => {
    const app = express();
    const server = createServer(app);
    const hubs = exclusive.map((exclusively, n) => {
      const { hub, open } = testHub();
      const rt = realtime(hub, { user: () => null });
      app.use(`/rt${n}`, rt);
      rt.attach(server, { path: `/rt${n}`, exclusive: exclusively });
      return { hub, open };
    });
    let asked = 0;
    app.use((_request, response) => {
      asked += 1;
      response.status(404).send('the app’s own');
    });
    const { port, close } = await listening(server);
    for (const path of ['/rt0', '/rt1', '/rt1']) expect((await rawWebSocket({ port, path })).type).toBe('open');
    expect(hubs.map(({ open }) => open())).toEqual([1, 2]);
    const rest = await rawWebSocket({ port, path: '/rt2' });
    expect(rest).toMatchObject({ type: 'refused', head: { status: 404 }, body: 'the app’s own' });
    expect(asked).toBe(1);
    for (const { hub } of hubs) await hub.close({ withinMs: 500 });
    await close();
  },
);
