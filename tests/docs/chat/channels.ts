import { channel, defineChannels, ephemeral } from '@rt/core';
import { z } from 'zod';

declare module '@rt/core' {
  interface Register {
    user: { id: string; name: string }; // what a user is, for every rule
  }
}

const rooms = new Set(['lobby', 'garden']);

/** Whether what somebody says has their own name on it. */
const isBy = (user: { name: string } | null, said: unknown) =>
  user !== null && z.object({ name: z.literal(user.name) }).safeParse(said).success;

export const channels = defineChannels({
  'room:{roomId}': channel({
    events: {
      message: z.object({ name: z.string(), text: z.string().max(4000) }),
      typing: ephemeral(z.object({ name: z.string() })), // told now or never, and not kept
    },
    keep: { count: 1000, forMs: 86_400_000 }, // the history: of a day, and not more than a thousand
    subscribe: ({ user, params }) => user !== null && rooms.has(params.roomId),
    publish: ({ user, data }) => isBy(user, data),
    presence: z.object({ name: z.string() }), // what a member shows
    enter: ({ user, state }) => isBy(user, state),
  }),
});
