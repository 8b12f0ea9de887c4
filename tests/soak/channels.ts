import { channel, defineChannels, ephemeral, keyed } from '@rt/core';
import { z } from 'zod';

/** What is published, with who counts and how far they have come: no two are alike. */
const numbered = z.object({ by: z.string(), n: z.number(), fill: z.string().optional() });
const aboutCard = numbered.extend({ card: z.string() });
const isSomebody = ({ user }: { readonly user: unknown }): boolean => user !== null;

/** How long what a room keeps is kept: longer than anybody is away. */
const keptForMs = 120_000;
/** How long a member stays whose connection broke. */
const graceMs = 3000;

export const channels = defineChannels({
  /** Everybody talks, and is there. */
  'room:{id}': channel({
    events: { said: numbered, typing: ephemeral(numbered, { by: ({ by }) => by }) },
    keep: { count: 50_000, forMs: keptForMs },
    subscribe: isSomebody,
    publish: isSomebody,
    send: isSomebody,
    presence: { state: z.object({ name: z.string() }), graceMs },
    enter: isSomebody,
  }),
  /** Large things, for readers that stop. */
  'bulk:{id}': channel({
    events: { said: numbered },
    keep: { count: 5000, forMs: keptForMs },
    subscribe: isSomebody,
  }),
  /** What is true of each card. */
  'board:{id}': channel({
    events: {
      moved: keyed(aboutCard, { by: ({ card }) => card }),
      removed: keyed(aboutCard, { by: ({ card }) => card, removes: true }),
    },
    keep: { newestPer: 'key', forMs: keptForMs },
    subscribe: isSomebody,
    publish: isSomebody,
  }),
});

export const rooms = ['room:1', 'room:2', 'room:3'] as const;
export const bulk = 'bulk:1';
export const board = 'board:1';
export const cards: readonly string[] = Array.from({ length: 8 }, (_, n) => `card ${n}`);

/** With what the tokens of the soak are signed. */
export const secret = 'a secret of 32 bytes, or of more';

export interface Numbered {
  readonly by: string;
  readonly n: number;
  readonly card?: string;
}
