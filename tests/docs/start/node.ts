// #region app
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { channel, createHub, defineChannels } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { z } from 'zod';

const channels = defineChannels({
  lobby: channel({
    events: { message: z.object({ text: z.string().max(4000) }) },
    subscribe: 'anyone', // nobody unless you say so
    publish: 'anyone',
  }),
});

const hub = createHub({ channels });
const rt = realtime(hub, { user: () => null }); // who asks: nobody logs in yet
const page = readFileSync(new URL('index.html', import.meta.url), 'utf8');

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://app');
  if (pathname === '/rt') void rt(request, response);
  else response.writeHead(200, { 'content-type': 'text/html' }).end(page);
});
attach(server, { path: '/rt' }); // WebSockets too
server.listen(process.env.PORT ?? 3000);
// #endregion

export { hub, server };
