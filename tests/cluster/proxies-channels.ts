import { channel, defineChannels } from '@rt/core';
import { z } from 'zod';

export const channels = defineChannels({
  'room:{id}': channel({
    events: { said: z.string() },
    keep: { count: 20_000, forMs: 3_600_000 },
    subscribe: 'anyone',
    publish: 'anyone',
    send: 'anyone',
  }),
});

/** What a node is started with. */
export interface NodeOptions {
  readonly name: string;
  readonly port: number;
  readonly redisPort: number;
}
