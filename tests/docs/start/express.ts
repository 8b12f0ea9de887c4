// #region app
import { readFileSync } from 'node:fs';
import { channel, createHub, defineChannels } from '@rt/core';
import { realtime } from '@rt/express-sse';
import express from 'express';
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

const app = express();
app.use('/rt', rt);
app.get('/', (_req, res) => {
  res.send(page);
});
const server = app.listen(process.env.PORT ?? 3000);
rt.attach(server, { path: '/rt' }); // WebSockets too
// #endregion

export { hub, server };
