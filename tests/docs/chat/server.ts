import { randomUUID } from 'node:crypto';
import { createHub } from '@rt/core';
import { realtime } from '@rt/express-sse';
import express from 'express';
import session from 'express-session';
import { channels } from './channels.ts';

declare module 'express-session' {
  interface SessionData {
    user: { id: string; name: string };
  }
}

const hub = createHub({ channels });
const rt = realtime(hub, { user: (req) => req.session.user });

const app = express();
app.use(session({ secret: 'from your secrets', resave: false, saveUninitialized: false }));
app.use('/rt', rt); // behind the session, so that it knows who asks

app.get('/me', (req, res) => {
  res.json(req.session.user ?? null);
});
app.post('/login', express.json(), (req, res) => {
  req.session.user = { id: randomUUID(), name: String(req.body.name).slice(0, 32) };
  res.json(req.session.user);
});

app.use(express.static('public'));
app.use('/modules/client', express.static('node_modules/@rt/client/dist'));
app.use('/modules/protocol', express.static('node_modules/@rt/protocol/dist'));

const server = app.listen(Number(process.env.PORT ?? 3000));
rt.attach(server, { path: '/rt' }); // WebSockets too
