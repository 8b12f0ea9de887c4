import type { Position } from './position.ts';

/** Where a reader begins. */
export type Start =
  /** After the newest publication: only what is still to come. */
  | { readonly type: 'live' }
  /** At the oldest publication that is kept. */
  | { readonly type: 'start' }
  /** `count` publications before the newest, or as many as are kept. */
  | { readonly type: 'last'; readonly count: number }
  /** After a position that a reader has seen. */
  | { readonly type: 'after'; readonly position: Position };

/** Where a reader begins who does not say. */
export const live: Start = { type: 'live' };
