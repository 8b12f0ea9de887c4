import type { Channels, Hub, HubEvent, HubOptions } from '@rt/core';
import { channel, createHub, defineChannels } from '@rt/core';
import { z } from 'zod';

export const channels = defineChannels({
  'open:{id}': channel({
    events: { said: z.unknown(), counted: z.object({ n: z.number() }) },
    keep: { count: 5, forMs: 60_000 },
    subscribe: 'anyone',
    send: 'anyone',
  }),
  'deep:{id}': channel({ events: { said: z.unknown() }, keep: { count: 1000 }, subscribe: 'anyone' }),
  'own:{user}': channel({
    events: { said: z.unknown() },
    // Some hosts here say who it is with a text, some with an object.
    subscribe: ({ user, params }) => ((user as { readonly id?: unknown } | null)?.id ?? user) === params.user,
  }),
  'slow:{id}': channel({ events: { said: z.unknown() }, subscribe: async () => pause }),
  'broken:{id}': channel({
    events: { said: z.unknown() },
    subscribe: () => {
      throw new Error('the rule is broken');
    },
  }),
  'talk:{id}': channel({ events: { said: z.unknown() }, subscribe: 'anyone', publish: 'anyone', send: 'anyone' }),
  closed: channel({ events: { said: z.unknown() } }),
});

let pause: Promise<boolean> = Promise.resolve(true);

/** Holds the rule of `slow:{id}` until the returned function says what it answers. */
export function holdRule(): (allow: boolean) => void {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  pause = promise;
  return resolve;
}

/** A hub over the test channels, with what it has observed. */
export interface TestHub {
  readonly hub: Hub<MapOf<typeof channels>>;
  readonly events: readonly HubEvent[];
  /** How many connections are open, by what the hub has told. */
  open(): number;
  /** Resolves when what the hub tells next fits, or has fitted already. */
  observed(fits: (events: readonly HubEvent[]) => boolean): Promise<void>;
}

type MapOf<Defined> = Defined extends Channels<infer Map> ? Map : never;

export function testHub(options: HubOptions = {}): TestHub {
  const events: HubEvent[] = [];
  let changed = (): void => {};
  const hub = createHub({
    channels,
    ...options,
    observe(event) {
      events.push(event);
      changed();
    },
  });
  const count = (type: HubEvent['type']): number => events.filter((event) => event.type === type).length;
  return {
    hub,
    events,
    open: () => count('connection_opened') - count('connection_closed'),
    async observed(fits) {
      while (!fits(events)) {
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    },
  };
}
