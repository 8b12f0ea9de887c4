import type { AddressInfo } from 'node:net';
import { createHub } from '@rt/core';
import { realtime } from '@rt/koa';
import Koa from 'koa';
import { channels } from './channels.ts';
import { smoke } from './smoke.ts';

const hub = createHub({ channels });
const rt = realtime(hub, { user: () => null });
const app = new Koa();
app.use(rt.handler());

const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  void smoke({
    url: `http://127.0.0.1:${port}/rt`,
    say: (text) => hub.channel('lobby').publish('message', { text }),
    close: async () => {
      await hub.close();
      server.close();
    },
  });
});
rt.attach(server, { path: '/rt' });
