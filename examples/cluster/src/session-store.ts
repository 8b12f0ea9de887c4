import type { FastifySessionOptions } from '@fastify/session';
import type { Redis } from 'ioredis';

type SessionStore = NonNullable<FastifySessionOptions['store']>;

/** Who has picked which name is known to all nodes. For an app of your own take `connect-redis`, or a signed cookie. */
export function sessionStore(redis: Redis, prefix: string): SessionStore {
  const keyOf = (id: string): string => `${prefix}visit:${id}`;
  return {
    set(id, session, done) {
      const forMs = session.cookie.originalMaxAge ?? 86_400_000;
      redis.set(keyOf(id), JSON.stringify(session), 'PX', forMs).then(() => done(), done);
    },
    get(id, done) {
      redis.get(keyOf(id)).then((text) => done(null, text === null ? null : JSON.parse(text)), done);
    },
    destroy(id, done) {
      redis.del(keyOf(id)).then(() => done(), done);
    },
  };
}
