import '../guides/user.ts';

// #region channels
import { channel, defineChannels } from '@rt/core';
import { z } from 'zod';

export const channels = defineChannels({
  'room:{roomId}': channel({
    events: { message: z.object({ text: z.string() }) },
    subscribe: ({ user, params }) => user?.rooms.includes(params.roomId),
    publish: ({ user, params }) => user?.rooms.includes(params.roomId), // only if clients may publish themselves
    send: ({ user }) => user !== null,
    presence: z.object({ name: z.string() }),
    enter: ({ user, params }) => user?.rooms.includes(params.roomId),
  }),
  'user:{userId}': channel({
    events: { notice: z.object({ text: z.string() }) },
    subscribe: ({ user, params }) => user?.id === params.userId, // what was sent to one socket
  }),
});
// #endregion
