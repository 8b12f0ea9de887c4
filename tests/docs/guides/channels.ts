import './user.ts';

// #region define
import { channel, defineChannels, ephemeral, keyed } from '@rt/core';
import { z } from 'zod';

export const channels = defineChannels({
  'room:{roomId}': channel({
    events: {
      message: z.object({ text: z.string().max(4000) }),
      typing: ephemeral(z.object({ who: z.string() }), { by: ({ who }) => who }),
    },
    keep: { count: 1000, forMs: 86_400_000 },
    subscribe: ({ user, params }) => user?.rooms.includes(params.roomId),
    publish: ({ user, params }) => user?.rooms.includes(params.roomId),
    send: ({ user, params }) => user?.rooms.includes(params.roomId),
    presence: z.object({ name: z.string() }),
    enter: ({ user, params }) => user?.rooms.includes(params.roomId),
  }),
  'order:{orderId}': channel({
    events: { status: z.object({ status: z.enum(['paid', 'packed', 'shipped']) }) },
    subscribe: ({ user }) => user !== null,
    publish: ({ user }) => user !== null,
  }),
});
// #endregion

// #region state
export const board = defineChannels({
  'board:{boardId}': channel({
    events: {
      card: keyed(z.object({ id: z.string(), text: z.string() }), { by: ({ id }) => id }),
      removed: keyed(z.object({ id: z.string() }), { by: ({ id }) => id, removes: true }),
    },
    keep: { newestPer: 'key', forMs: 3_600_000 }, // removals for an hour; cards until they are removed
    subscribe: ({ user }) => user !== null,
    publish: ({ user }) => user !== null,
  }),
});
// #endregion

// #region slow
export const markets = defineChannels({
  'prices:{market}': channel({
    events: { price: keyed(z.object({ symbol: z.string(), bid: z.number() }), { by: ({ symbol }) => symbol }) },
    subscribe: 'anyone',
    slow: 'conflate', // whoever is behind gets of each symbol the newest
    everyMs: 250, // four batches a second are enough for an audience
  }),
  'audit:{tenant}': channel({
    events: { entry: z.object({ what: z.string() }) },
    keep: { count: 10_000, forMs: 3_600_000 },
    subscribe: ({ user }) => user !== null,
    slow: 'close', // a reader that has missed something is ended, and comes back with its place
  }),
});
// #endregion
