import { channel, defineChannels, ephemeral } from '@rt/core';
import { z } from 'zod';
import { maxTextLength, rooms } from './rooms.ts';
import type { Visitor, Writer } from './visitor.ts';

/** Words that nobody wants to read here. */
const muted = ['giveaway', 'crypto', 'promo code'];

/** @param nowMs When a message is taken, in milliseconds since 1970. */
export function chatChannels(nowMs: () => number) {
  const text = z
    .string()
    .trim()
    .min(1, 'there is nothing in it')
    .max(maxTextLength, `it has more than ${maxTextLength} characters`)
    .superRefine((written, context) => {
      const word = muted.find((one) => written.toLowerCase().includes(one));
      if (word !== undefined) context.addIssue({ code: 'custom', message: `“${word}” is muted here` });
    });
  const writer = z.object({ id: z.string(), name: z.string() });

  return defineChannels({
    'room:{roomId}': channel({
      events: {
        message: z.object({ text, by: writer }).transform((message) => ({ ...message, atMs: nowMs() })),
        typing: ephemeral(z.object({ by: writer }), { by: ({ by }) => by.id }),
      },
      keep: { count: 500, forMs: 86_400_000 },
      subscribe: ({ user, params }) => mayRead(user, params.roomId),
      publish: ({ user, params, data }) =>
        mayRead(user, params.roomId) && isOwn(user, (data as Partial<Said> | null)?.by),
      presence: writer,
      enter: ({ user, params, state }) => mayRead(user, params.roomId) && isOwn(user, state),
    }),
  });
}

export type ChatChannels = ReturnType<typeof chatChannels>;

function mayRead(user: unknown, roomId: string): boolean {
  const room = rooms.find(({ id }) => id === roomId);
  return room?.open === 'to all' || (room !== undefined && (user as Visitor | null)?.keyHolder === true);
}

/** What pages publish says who has written it. Rules see it as it came. */
interface Said {
  readonly by: unknown;
}

/** Nobody writes, types or stands in the list under the name of somebody else. */
function isOwn(user: unknown, shown: unknown): boolean {
  const visitor = user as Visitor | null;
  const writer = shown as Partial<Writer> | null | undefined;
  return visitor !== null && writer?.id === visitor.id && writer.name === visitor.name;
}
