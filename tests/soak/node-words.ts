import type { Inventory } from './inventory.ts';

export type HostName = 'Express' | 'Fastify';

/** What a node is started with. */
export interface NodeOptions {
  readonly name: string;
  readonly host: HostName;
  readonly port: number;
  readonly redisPort: number;
}

/** What a node is asked to do. */
export type Ask =
  | { readonly type: 'inventory' }
  | { readonly type: 'members'; readonly rooms: readonly string[] }
  | { readonly type: 'board'; readonly channel: string }
  /** Publishes so many, numbered from 1 by a writer of that name, each of so many bytes more. */
  | {
      readonly type: 'publish';
      readonly channel: string;
      readonly event: string;
      readonly by: string;
      readonly count: number;
      readonly fillBytes: number;
      readonly card: string | null;
    };

/** What it answers. */
export interface Answers {
  readonly inventory: { readonly inventory: Inventory; readonly traffic: Traffic };
  /** Of each room the users that are members. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** Of each card the number that is true of it, with who has said it. */
  readonly board: Readonly<Record<string, string>>;
  readonly publish: readonly (string | null)[];
}

/** What a node has done since it began. */
export interface Traffic {
  readonly published: number;
  readonly delivered: number;
  readonly recovered: number;
  readonly behind: number;
  readonly repairs: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly gaps: number;
}

export type ToNode = { readonly id: number } & Ask;
export type FromNode =
  | { readonly type: 'listens' }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown; readonly error?: string };
