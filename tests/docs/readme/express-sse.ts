import { channel, createHub, defineChannels } from '@rt/core';
import { realtime } from '@rt/express-sse';
import express from 'express';
import { z } from 'zod';

const channels = defineChannels({ clock: channel({ events: { tick: z.string() }, subscribe: 'anyone' }) });
const hub = createHub({ channels });
const rt = realtime(hub, { user: () => null }); // who asks: whom your middleware has found

const app = express().use('/rt', rt); // your middleware goes in front
rt.attach(app.listen(process.env.PORT ?? 3000), { path: '/rt' }); // WebSockets too
setInterval(() => void hub.channel('clock').publish('tick', new Date().toISOString()), 1000);
