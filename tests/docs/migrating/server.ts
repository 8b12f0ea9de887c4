import type { Server } from 'node:http';
import { createHub } from '@rt/core';
import { realtime } from '@rt/express-sse';
import type { Request } from 'express';
import express from 'express';
import { channels } from './channels.ts';

export const hub = createHub({ channels });

const userOf = (req: Request) => ({ id: req.get('x-user') ?? '', rooms: ['1'] });

export function start(): Server {
  // #region mount
  const app = express();
  const rt = realtime(hub, { user: userOf });
  app.use('/rt', rt);
  const server = app.listen(process.env.PORT ?? 3000);
  rt.attach(server, { path: '/rt' });
  // #endregion
  return server;
}

export async function tell(): Promise<void> {
  // #region emit
  await hub.channel('room:1').publish('message', { text: 'hi' }); // to all who read it, now or later
  await hub.channel('user:ada').publish('notice', { text: 'for you' }); // to one user, in each tab
  // #endregion
}

export function answer(): () => void {
  // #region ack
  const stop = hub.on('room:{roomId}', 'save', async ({ data, params, user }) => {
    return { saved: true, room: params.roomId, by: user?.id, data };
  });
  // #endregion
  return stop;
}

export function hooks(log: (text: string) => void): () => void {
  // #region hooks
  const stop = hub.onPresence((event) => {
    if (event.type === 'occupied' || event.type === 'vacated') log(`${event.channel} ${event.type}`);
    if (event.type === 'joined' || event.type === 'left') log(`${event.user} ${event.type} ${event.channel}`);
  });
  // #endregion
  return stop;
}
