import { channel, createHub, defineChannels } from '@rt/core';
import { jwt } from '@rt/jwt';
import { z } from 'zod';
import { hub } from './hub.ts';

const rooms = { allows: async (_user: string, _room: string): Promise<boolean> => true };

export const mutes = new Set<string>();

// #region rules
export const channels = defineChannels({
  'room:{roomId}': channel({
    events: { message: z.object({ text: z.string() }), notice: z.object({ text: z.string() }) },
    subscribe: ({ user, params }) => user?.rooms.includes(params.roomId),
    history: ({ user }) => user?.plan === 'pro',
    publish: ({ user, event }) => event === 'message' && user !== null && !mutes.has(user.id),
    presence: z.object({ name: z.string() }),
    enter: async ({ user, params }) => user !== null && (await rooms.allows(user.id, params.roomId)),
    members: ({ user }) => user !== null,
    send: ({ user, event }) => user !== null && event === 'typing',
  }),
  announcements: channel({
    events: { news: z.object({ title: z.string() }) },
    subscribe: 'anyone',
  }),
});
// #endregion

export async function takeBack(): Promise<unknown> {
  // #region revoke
  mutes.add('u1'); // first what the rule looks at, since they may try again
  await hub.revoke({ user: 'u1', channel: 'room:1' }); // the subscription ends, and the membership
  const { nodes, answered } = await hub.disconnect({ user: 'u1' }); // every connection, on every node
  // #endregion
  return { nodes, answered };
}

export function withTokens(secret: string) {
  // #region tokens
  const tokens = jwt({ secret, user: ({ sub }) => (sub === undefined ? null : { id: sub, rooms: ['1'] }) });
  const withLogin = createHub({ channels, auth: { tokens, origins: ['https://app.example.com'] } });
  // #endregion
  return withLogin;
}

export function limited() {
  // #region limits
  const limitedHub = createHub({
    channels,
    limits: {
      maxPublicationBytes: 16_384,
      rates: { commandsPerSecond: 20, publishesPerSecond: 5, burst: 20 },
      admission: { connectionsPerUser: 20, connectionsPerAddress: 200 },
    },
  });
  // #endregion
  return limitedHub;
}
