import { createHooks } from '@rt/react';
import type { channels } from './channels.ts';

/** The app's hooks. The tests give each its own client, by the provider. */
export const { RtProvider, useChannel, useChannelStatus } = createHooks<typeof channels>();
