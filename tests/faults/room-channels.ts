import { channel, defineChannels } from '@rt/core';
import { z } from 'zod';

/** A room, whose members are gone as soon as it is known that nobody speaks for them. */
export const channels = defineChannels({
  'room:{id}': channel({
    events: { said: z.number() },
    subscribe: 'anyone',
    presence: { graceMs: 0 },
    enter: 'anyone',
  }),
});
