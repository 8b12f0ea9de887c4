import type { Start } from '@rt/core';
import { formatPosition } from '@rt/protocol';
import type { Journal } from './journal.ts';
import type { Network } from './network.ts';
import type { Transcript } from './told.ts';
import type { Wish } from './wish.ts';

/** How a client is served. */
export type Kind = 'stream' | 'poll' | 'post' | 'websocket' | 'sse' | 'long-poll';

/** What clients find around them. */
export interface Surroundings {
  readonly network: Network;
  readonly journal: Journal;
  /** Keeps what a connection was told. */
  record(transcript: Transcript): void;
  /** Keeps what somebody wants to have published. */
  wish(wish: Wish): void;
  /** Takes note that a user does not want to be a member any more. */
  wantsToLeave(user: string, channel: string): void;
}

/** Where a client wants to begin: as a start, or after a place that it makes up. */
export type Where =
  | Exclude<Start, { readonly type: 'after' }>
  /** From the place it has come to; live if it has none. */
  | { readonly type: 'resume' }
  /** So much beyond the place it has come to. */
  | { readonly type: 'beyond'; readonly by: number }
  /** From the start of an epoch that is not one. */
  | { readonly type: 'forged' };

/** A client of some kind, over all its connections. It drops nothing, and records exactly what it is told. */
export interface Client {
  readonly user: string;
  readonly kind: Kind;
  /** Does what is its turn: connects, asks, repeats. Called again and again. */
  act(): void;
  /** Tries again what it was refused for good. */
  hope(): void;
  /** Asks the next time from elsewhere. */
  seek(channel: string, where: Where): void;
  /** Takes its leave: from here on it does not come back. */
  leave(): void;
  /** Why it is not what a client should be once everything works, or `null`. */
  fault(): string | null;
}

/** How long a client waits after it was refused or cut off. */
export const retryMs = 1000;

/** The fields with which a start is asked for, in a query and in a frame. */
export function startFields(start: Start): { readonly after?: string; readonly last?: number } {
  switch (start.type) {
    case 'live':
      return {};
    case 'start':
      return { after: 'start' };
    case 'last':
      return { last: start.count };
    case 'after':
      return { after: formatPosition(start.position.epoch, start.position.offset) };
  }
}
