import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createHub } from '@rt/core';
import type { NodeRequest } from '@rt/node';
import { attach, realtime } from '@rt/node';
import type { StartApp } from './app.ts';
import { channels } from './channels.ts';

export const startApp: StartApp = async (port) => {
  const hub = createHub({ channels });

  const sessions = new Map<string, { id: string }>();
  const userOf = (request: NodeRequest) => sessions.get(/\bsid=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');

  const rt = realtime(hub, { user: userOf });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const { pathname } = new URL(request.url ?? '/', 'http://app');
    if (pathname === '/login') {
      const { user } = (await json(request)) as { user: string };
      const sid = crypto.randomUUID().replaceAll('-', '');
      sessions.set(sid, { id: user });
      return response.writeHead(204, { 'set-cookie': `sid=${sid}; HttpOnly; SameSite=Lax` }).end();
    }

    if (userOf(request) === undefined) return response.writeHead(401).end('login first');
    if (pathname === '/rt') return rt(request, response);

    const [, roomId, what] = /^\/rooms\/(\w+)\/(messages|members)$/.exec(pathname) ?? [];
    const room = hub.channel(`room:${roomId}`);
    if (what === 'messages') {
      const position = await room.publish('message', (await json(request)) as { text: string });
      return response.writeHead(201).end(JSON.stringify({ position }));
    }
    if (what === 'members') return response.end(JSON.stringify(await room.members()));
    return response.writeHead(404).end();
  };

  const server = createServer((request, response) => void answer(request, response));
  attach(server, { path: '/rt' }); // WebSocket upgrades go through `answer` as well
  server.listen(port);

  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    await hub.close({ withinMs: 10_000 });
    await closed;
  };

  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close };
};
