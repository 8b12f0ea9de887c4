import type { Broker, Hub } from '@rt/core';
import { channel, createHub, defineChannels, memoryBroker } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';

/** The user that a request names, as the login of an app would have found out. */
export function userOf(url: string | undefined): { readonly id: string } | null {
  const id = new URL(url ?? '', 'http://x').searchParams.get('user');
  return id === null ? null : { id };
}

/** Whoever has an id that this app has given. */
const isKnown = ({ user }: { readonly user: unknown }): boolean => {
  return typeof user === 'object' && user !== null && 'id' in user && /^u\d+$/.test(String(user.id));
};

/** The channels as an app would have them: with a schema, rules, history and presence. */
function channels(keep: number) {
  return defineChannels({
    'c:{id}': channel({
      events: { m: z.string() },
      keep: { count: keep },
      subscribe: isKnown,
      presence: z.object({ name: z.string() }),
      enter: isKnown,
    }),
  });
}

/** Counts how often the log of record is asked. */
function counting(broker: Broker, count: () => void): Broker {
  const counted = (name: 'follow' | 'read'): void => {
    const asked = broker[name].bind(broker) as (...parts: readonly unknown[]) => Promise<never>;
    broker[name] = async (...parts: readonly unknown[]) => {
      count();
      return asked(...parts);
    };
  };
  counted('follow');
  counted('read');
  return broker;
}

export interface BenchHub extends Pick<Stage, 'publish'> {
  readonly hub: Hub;
  reads(): number;
}

/** A hub with everything on that a user would have on, and every option at its default. */
export function benchHub({ keep, redisPort }: Setup): BenchHub {
  let reads = 0;
  const own = redisPort === null ? memoryBroker() : redisBroker({ redis: new Redis(redisPort, '127.0.0.1') });
  const broker = counting(own, () => {
    reads += 1;
  });
  const hub = createHub({ channels: channels(keep), broker });
  return {
    hub: hub as unknown as Hub,
    publish: (number, text) => hub.channel(`c:${number}`).publish('m', text),
    reads: () => reads,
  };
}
