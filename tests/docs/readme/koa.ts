import Router from '@koa/router';
import { channel, createHub, defineChannels } from '@rt/core';
import { realtime } from '@rt/koa';
import Koa from 'koa';
import { z } from 'zod';

const channels = defineChannels({ clock: channel({ events: { tick: z.string() }, subscribe: 'anyone' }) });
const hub = createHub({ channels });
const rt = realtime(hub, { user: () => null }); // who asks: whom your middleware has found

const router = new Router().all('/rt', rt.handler()); // your middleware goes in front
const server = new Koa().use(router.routes()).listen(Number(process.env.PORT ?? 3000));
rt.attach(server, { path: '/rt' }); // WebSockets too
setInterval(() => void hub.channel('clock').publish('tick', new Date().toISOString()), 1000);
