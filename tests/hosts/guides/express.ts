import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHub } from '@rt/core';
import { realtime } from '@rt/express-sse';
import type { Request, RequestHandler } from 'express';
import express from 'express';
import session from 'express-session';
import type { StartApp } from './app.ts';
import { channels } from './channels.ts';

export const startApp: StartApp = async (port) => {
  const hub = createHub({ channels });
  const app = express();

  app.set('trust proxy', 1); // one proxy in front: req.ip is the client's address

  app.use(session({ secret: 'from your secrets', resave: false, saveUninitialized: false }));
  app.use(express.json());

  app.post('/login', (req, res) => {
    Object.assign(req.session, { user: { id: (req.body as { user: string }).user } });
    res.sendStatus(204);
  });
  const userOf = (req: Request) => (req.session as { user?: { id: string } }).user;
  const requireLogin: RequestHandler = (req, res, next) => {
    if (userOf(req) === undefined) res.status(401).send('login first');
    else next();
  };

  const rt = realtime(hub, { user: userOf });
  app.use('/rt', requireLogin, rt);

  app.post('/rooms/:roomId/messages', requireLogin, async (req, res) => {
    const room = hub.channel(`room:${String(req.params['roomId'])}`);
    res.status(201).json({ position: await room.publish('message', req.body as { text: string }) });
  });

  app.get('/rooms/:roomId/members', requireLogin, async (req, res) => {
    res.json(await hub.channel(`room:${String(req.params['roomId'])}`).members());
  });

  const server = app.listen(port);
  rt.attach(server, { path: '/rt' }); // WebSocket upgrades go through the same middleware

  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    await hub.close({ withinMs: 10_000 });
    await closed;
  };

  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close };
};
