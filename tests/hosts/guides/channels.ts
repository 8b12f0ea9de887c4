import { channel, defineChannels } from '@rt/core';
import { z } from 'zod';

export const channels = defineChannels({
  'room:{roomId}': channel({
    events: { message: z.object({ text: z.string().max(4000) }) },
    keep: { count: 100, forMs: 3_600_000 },
    subscribe: ({ user }) => user !== null, // nobody unless you say so
    presence: z.object({ name: z.string() }),
    enter: ({ user }) => user !== null,
  }),
});
