import { createClient, pollEvery } from '@rt/client';
import type { channels } from './channels.ts';

// #region choice
export const automatic = createClient<typeof channels>('/rt'); // websocket, sse, long-poll: the first that works
export const streams = createClient<typeof channels>('/rt', { transport: ['sse', 'long-poll'] });
export const relaxed = createClient<typeof channels>('/rt', { transport: pollEvery(10_000) });
// #endregion
