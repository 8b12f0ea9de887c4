import { ephemeral, keyed } from '@rt/core';
import { z } from 'zod';
import { columnIds } from './columns.ts';

const columnId = z.enum(columnIds);

const person = z.object({ id: z.string(), name: z.string() });

export const card = z.object({
  id: z.string().regex(/^[\w-]{1,40}$/),
  /** What people call it by, as `LF-214`. */
  code: z.string().max(12),
  title: z.string().trim().min(1, 'a card needs a title').max(120, 'a title has 120 characters at most'),
  area: z.string().max(24),
  column: columnId,
  /** Where it stands in its column: between the ranks of its neighbours. */
  rank: z.number(),
});

export type Card = z.infer<typeof card>;

/** What a page asks for. */
export const change = z.object({
  /** The same for each repetition of one change: it is made once. */
  key: z.string().min(1).max(64),
  /** The place in the board's log up to which the page had read when the card was picked up. */
  seen: z.string(),
  card,
});

export type Change = z.infer<typeof change>;

/** A change that somebody else was faster than is no error: the page shows where the card is. */
export type ChangeAnswer =
  | { readonly type: 'made'; readonly position: string }
  | { readonly type: 'conflict'; readonly position: string; readonly newest: PlacedCard | null };

const placed = card.extend({ by: person, atMs: z.number() });

/** A card with who has put it there, and when. */
export type PlacedCard = z.infer<typeof placed>;

/** A board is a state: of each card the newest says where it is. */
export const boardEvents = { card: keyed(placed, { by: ({ id }) => id }) };

/** What a member of a board shows: the card that is in hand. */
export const held = z.object({ card: z.string().max(40).nullable() });

/** Where a pointer is: over which column and how far across it, so that it is right on screens of any size. */
export const point = z.object({
  column: columnId.nullable(),
  /** From 0 to 1. */
  across: z.number().min(0).max(1),
  /** Pixels below the column's top. */
  down: z.number().min(-100).max(20_000),
});

export type Point = z.infer<typeof point>;

/** Pointers are told to whoever is there, and to nobody later: of each person's the newest. */
export const cursorEvents = { cursor: ephemeral(point.extend({ by: person }), { by: ({ by }) => by.id }) };

const happened = z.object({ by: person, atMs: z.number() });

export const activityEvents = {
  moved: happened.extend({ card: z.string(), title: z.string(), from: columnId, to: columnId }),
  added: happened.extend({ card: z.string(), title: z.string(), to: columnId }),
  came: happened,
};

/** All channels as a page knows them: types alone. */
export interface BoardChannels {
  readonly types?: {
    readonly events: {
      readonly 'board:{boardId}': typeof boardEvents;
      readonly 'cursors:{boardId}': typeof cursorEvents;
      readonly 'activity:{boardId}': typeof activityEvents;
    };
    readonly states: { readonly 'board:{boardId}': typeof held };
  };
}
