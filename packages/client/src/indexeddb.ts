export type { IndexedDbOutboxOptions } from './indexeddb-outbox.ts';
export { indexedDbOutbox } from './indexeddb-outbox.ts';
export type { OutboxEntry, OutboxStore } from './outbox.ts';
