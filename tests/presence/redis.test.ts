import { once } from 'node:events';
import type { PlaceView, PresenceStore } from '@rt/core';
import { redisBroker } from '@rt/redis';
import type { RedisBrokerOptions } from '@rt/redis';
import { createVirtualClock, presenceSuite } from '@rt/testkit';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { RedisServer } from '../support/redis-server.ts';

let server: RedisServer;
const cleanUps: (() => unknown)[] = [];

beforeAll(async () => {
  server = await RedisServer.start();
});

afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  await server.stop();
});

interface Client {
  readonly redis: RedisBrokerOptions['redis'];
  close(): void;
}

const clients: readonly (readonly [name: string, connect: (port: number) => Promise<Client>])[] = [
  [
    'ioredis',
    async (port) => {
      const redis = new Redis(port);
      await once(redis, 'ready');
      return { redis, close: () => redis.disconnect() };
    },
  ],
  [
    'redis',
    async (port) => {
      const redis = createClient({ url: `redis://127.0.0.1:${port}` });
      redis.on('error', () => {});
      await redis.connect();
      return { redis, close: () => redis.destroy() };
    },
  ],
];

/** A store, and its way to say that all is told and heard. */
class Watched {
  readonly views = new Map<string, PlaceView>();
  closed = false;
  readonly store: PresenceStore;
  constructor(inner: PresenceStore) {
    this.store = {
      open: (sink) => inner.open(sink),
      listen: () => inner.listen(),
      enter: (...entering) => inner.enter(...entering),
      leave: (...leaving) => inner.leave(...leaving),
      expel: (...expelling) => inner.expel(...expelling),
      look: (place) => inner.look(place),
      close: () => {
        this.closed = true;
        return inner.close();
      },
      follow: async (place) => {
        const view = await inner.follow(place);
        this.views.set(place, view);
        return view;
      },
      unfollow: (place) => {
        this.views.delete(place);
        return inner.unfollow(place);
      },
    };
  }
}

describe.each(clients)('redis presence over %s', (_name, connect) => {
  let client: Client;
  let admin: Redis;
  let count = 0;
  let clock = createVirtualClock();
  let prefix = '';
  let watched: Watched;

  beforeAll(async () => {
    client = await connect(server.port);
    cleanUps.push(() => client.close());
    admin = new Redis(server.port);
    cleanUps.push(() => admin.disconnect());
  });

  async function isQuiet(): Promise<boolean> {
    const base = `${prefix}{p0}:presence`;
    const [waiting, due, tops] = await Promise.all([
      admin.llen(`${base}:queue`),
      admin.zcount(`${base}:due`, '-inf', clock.now()),
      Promise.all(
        [...watched.views].map(async ([place, view]) => {
          const [epoch, top] = await admin.hmget(`${base}:place:${place}:meta`, 'epoch', 'top');
          return epoch === view.log.epoch && Number(top ?? 0) === view.log.top;
        }),
      ),
    ]);
    return waiting === 0 && due === 0 && tops.every(Boolean);
  }

  presenceSuite((name, run) => test(name, run), {
    create() {
      count += 1;
      clock = createVirtualClock();
      const own = clock;
      prefix = `${_name} ${count}:`;
      const testing = { clock: own, serverNow: () => own.now() };
      const { presence } = redisBroker({
        redis: client.redis,
        prefix,
        testing,
        probeEveryMs: 1e12,
        checkEveryMs: 1e12,
      });
      if (presence === undefined) throw new Error('there is no presence');
      watched = new Watched(presence);
      return watched.store;
    },
    async pass(ms) {
      clock.advance(ms);
      const endAt = performance.now() + 5000;
      while (!watched.closed && !(await isQuiet())) {
        if (performance.now() > endAt) throw new Error('it does not come to rest');
        clock.advance(0);
      }
    },
    schedules: 30,
  });
});
