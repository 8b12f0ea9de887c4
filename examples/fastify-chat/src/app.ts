import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import { createHub } from '@rt/core';
import { realtime } from '@rt/fastify';
import Fastify from 'fastify';
import { chatChannels } from './channels.ts';
import { page } from './page.ts';
import { past } from './past.ts';
import { addVisits } from './visits.ts';

export interface ChatOptions {
  /** Signs cookies, with 32 characters or more. @default another one for each process */
  readonly secret?: string;
}

export async function createChat({ secret = randomBytes(32).toString('base64url') }: ChatOptions = {}) {
  let nowMs = Date.now;
  const hub = createHub({ channels: chatChannels(() => nowMs()) });

  const startedAtMs = Date.now();
  for (const { roomId, by, minutesAgo, text } of past) {
    nowMs = () => startedAtMs - minutesAgo * 60_000;
    await hub.channel(`room:${roomId}`).publish('message', { text, by: { id: by.toLowerCase(), name: by } });
  }
  nowMs = Date.now;

  const app = Fastify();
  await app.register(cookie);
  await app.register(session, {
    secret,
    cookieName: 'visit',
    saveUninitialized: false,
    cookie: { secure: 'auto', sameSite: 'lax', maxAge: 30 * 86_400_000 },
  });
  addVisits(app, { left: ({ id }) => hub.disconnect({ user: id }) });
  await app.register(realtime, {
    hub,
    path: '/rt',
    user: (request) => request.session.visitor,
    close: { withinMs: 4000 },
  });
  await app.register(page);

  return { app, hub };
}
