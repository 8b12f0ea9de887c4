import { channel, defineChannels } from '@rt/core';
import { z } from 'zod';

const sample = z.object({
  /** When the figures were read, in milliseconds since 1970. */
  atMs: z.number(),
  host: z.string(),
  cores: z.number(),
  /** Share of all cores that was busy since the sample before, 0 to 1; null without a sample before. */
  cpuBusy: z.number().nullable(),
  /** Tasks running or waiting to run, averaged by the system over one minute. */
  load1: z.number(),
  memoryUsedBytes: z.number(),
  memoryTotalBytes: z.number(),
  /** How late timers of this process came, 99th percentile since the sample before. */
  loopDelayMs: z.number().nullable(),
  /** Sum over the interfaces, see readings.ts; null without a sample before and where there is no /proc/net/dev. */
  networkInBytesPerSecond: z.number().nullable(),
  networkOutBytesPerSecond: z.number().nullable(),
});

export type Sample = z.infer<typeof sample>;

export const channels = defineChannels({
  'host:metrics': channel({
    events: { sample },
    keep: { count: 600, forMs: 900_000 },
    subscribe: 'anyone',
    presence: z.object({ on: z.string().max(40) }),
    enter: ({ user }) => user !== null,
  }),
});
