import { createServer } from 'node:http';
import { channel, createHub, defineChannels } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { z } from 'zod';

const channels = defineChannels({ clock: channel({ events: { tick: z.string() }, subscribe: 'anyone' }) });
const hub = createHub({ channels });
const rt = realtime(hub, { user: () => null }); // who asks: by its cookie, for example

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://app');
  if (pathname === '/rt') void rt(request, response);
  else response.writeHead(404).end('the rest of your app');
});
attach(server, { path: '/rt' }); // WebSockets too
server.listen(process.env.PORT ?? 3000);
setInterval(() => void hub.channel('clock').publish('tick', new Date().toISOString()), 1000);
