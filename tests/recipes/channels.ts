import { channel, defineChannels } from '@rt/core';
import { z } from 'zod';

export const channels = defineChannels({
  'order:{id}': channel({
    events: {
      changed: z.object({ title: z.string(), paid: z.boolean() }),
      lineAdded: z.object({ product: z.string() }),
    },
    subscribe: 'anyone',
    send: 'anyone',
  }),
});
