import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import type { FastifySessionOptions } from '@fastify/session';
import session from '@fastify/session';
import type { Hub, RequestHub } from '@rt/core';
import { realtime } from '@rt/fastify';
import Fastify from 'fastify';
import { chatHub } from './chat-hub.ts';
import type { PageOptions } from './page.ts';
import { page } from './page.ts';
import { addVisits } from './visits.ts';

export interface ChatOptions<ChatHub> {
  /** Where the rooms are. @default in the memory of this process, with what was said before */
  readonly hub?: ChatHub;
  /** Signs cookies, with 32 characters or more. @default another one for each process */
  readonly secret?: string;
  /** Keeps who has picked which name. @default in the memory of this process */
  readonly store?: NonNullable<FastifySessionOptions['store']>;
  /** How long clients may take to go when it closes. @default 4_000 */
  readonly closeWithinMs?: number;
  readonly page?: PageOptions;
}

export async function createChat<ChatHub extends RequestHub & Pick<Hub, 'close' | 'disconnect'>>({
  hub: given,
  secret = randomBytes(32).toString('base64url'),
  store,
  closeWithinMs = 4000,
  page: pageOptions = {},
}: ChatOptions<ChatHub> = {}) {
  const hub = given ?? (await chatHub());
  const app = Fastify();
  await app.register(cookie);
  await app.register(session, {
    secret,
    cookieName: 'visit',
    saveUninitialized: false,
    cookie: { secure: 'auto', sameSite: 'lax', maxAge: 30 * 86_400_000 },
    ...(store !== undefined && { store }),
  });
  addVisits(app, { left: ({ id }) => void hub.disconnect({ user: id }) });
  await app.register(realtime, {
    hub,
    path: '/rt',
    user: (request) => request.session.visitor,
    close: { withinMs: closeWithinMs },
  });
  await app.register(page, pageOptions);

  return { app, hub };
}
