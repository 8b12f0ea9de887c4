import { channel, defineChannels } from '@rt/core';
import { z } from 'zod';

/** What each app serves. */
export const lobby = {
  events: { message: z.object({ text: z.string() }) },
  subscribe: 'anyone',
  publish: 'anyone',
} as const;

export const channels = defineChannels({ lobby: channel(lobby) });
