import { channel, defineChannels, ephemeral } from '@rt/core';
import { z } from 'zod';
import { maxTextLength, rooms } from './rooms.ts';
import type { Seals, Visitor } from './visitor.ts';

/** Words that nobody wants to read here. */
const muted = ['giveaway', 'crypto', 'promo code'];

export interface ChatRules {
  readonly seals: Seals;
  /** When a message was taken, in milliseconds since 1970. */
  readonly nowMs: () => number;
}

export function chatChannels({ seals, nowMs }: ChatRules) {
  const text = z
    .string()
    .trim()
    .min(1, 'there is nothing in it')
    .max(maxTextLength, `it has more than ${maxTextLength} characters`)
    .superRefine((written, context) => {
      const word = muted.find((one) => written.toLowerCase().includes(one));
      if (word !== undefined) context.addIssue({ code: 'custom', message: `“${word}” is muted here` });
    });
  const writer = z
    .object({ id: z.string(), name: z.string(), seal: z.string() })
    .refine((shown) => seals.isGenuine(shown), 'it is not under your own name')
    .transform(({ id, name }) => ({ id, name }));

  return defineChannels({
    'room:{roomId}': channel({
      events: {
        message: z.object({ text, by: writer }).transform((message) => ({ ...message, atMs: nowMs() })),
        typing: ephemeral(z.object({ by: writer }), { by: ({ by }) => by.id }),
      },
      keep: { count: 500, forMs: 86_400_000 },
      subscribe: ({ user, params }) => mayRead(user, params.roomId),
      publish: ({ user, params }) => user !== null && mayRead(user, params.roomId),
      presence: writer,
      enter: ({ user, params }) => user !== null && mayRead(user, params.roomId),
    }),
  });
}

export type ChatChannels = ReturnType<typeof chatChannels>;

function mayRead(user: unknown, roomId: string): boolean {
  const room = rooms.find(({ id }) => id === roomId);
  return room?.open === 'to all' || (room !== undefined && (user as Visitor | null)?.keyHolder === true);
}
