// @rt/client/indexeddb

export interface IndexedDbOutboxOptions {
  readonly name?: string;
}

export interface OutboxEntry {
  readonly key: string;
  readonly channel: string;
  readonly event: string;
  readonly body: Body;
  readonly ifPosition: string | null;
  readonly optimistic: boolean;
}

export interface OutboxStore {
  load(): Promise<readonly OutboxEntry[]>;
  add(entry: OutboxEntry): Promise<void>;
  remove(key: string): Promise<void>;
}

export declare function indexedDbOutbox({ name }?: IndexedDbOutboxOptions): OutboxStore;

// Not exported, and part of what is.

type Body =
  | {
      readonly data: unknown;
    }
  | {
      readonly base64: string;
    };
