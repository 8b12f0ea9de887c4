import type { OutboxEntry, OutboxStore } from './outbox.ts';

export interface IndexedDbOutboxOptions {
  /**
   * Names the database. What it holds is sent in the name of whoever is logged in then: say who the user is, where that
   * may be another one. @default 'rt outbox'
   */
  readonly name?: string;
}

/** An entry as it is stored: rows are in the order of their places. */
interface Row {
  readonly place?: number;
  /** The page that sends it, as long as it lives. */
  readonly owner: string;
  readonly key: string;
  readonly entry: OutboxEntry;
}

const rows = 'rows';

/**
 * Keeps publications in IndexedDB until the server has them, over reloads of the page and over its end: then the next page
 * that connects sends them, in their order. No two pages send the same.
 *
 * `createClient('/rt', { outbox: indexedDbOutbox({ name: user.id }) })`
 *
 * Where there is no IndexedDB, or the page may not have any, they are kept as long as the page is.
 */
export function indexedDbOutbox({ name = 'rt outbox' }: IndexedDbOutboxOptions = {}): OutboxStore {
  return new IndexedDbOutbox(name);
}

class IndexedDbOutbox implements OutboxStore {
  readonly #name: string;
  /** Another one for each page: its lock shows that it lives. */
  readonly #owner: string = String(Math.random());
  readonly #living: Promise<unknown>;
  readonly #opened: Promise<IDBDatabase>;

  constructor(name: string) {
    this.#name = name;
    this.#living = holdForLife(lockOf(name, this.#owner));
    this.#opened = opened(name);
    // Whoever uses it is told; until then nobody need be.
    this.#opened.catch(() => {});
  }

  async load(): Promise<readonly OutboxEntry[]> {
    await this.#living;
    // Of two pages that load one takes what is there, and the other finds it taken.
    return locked(this.#name, async () => {
      const owners = await living();
      const store = await this.#rows('readwrite');
      const all = await settled<Row[]>(store.getAll());
      const left = all.filter(({ owner }) => owner !== this.#owner && !owners.has(lockOf(this.#name, owner)));
      await Promise.all(left.map((row) => settled(store.put({ ...row, owner: this.#owner }))));
      return left.map(({ entry }) => entry);
    });
  }

  async add(entry: OutboxEntry): Promise<void> {
    await this.#living;
    const store = await this.#rows('readwrite');
    const { key } = entry;
    const row: Row = { owner: this.#owner, key, entry };
    if ((await settled(store.index('key').getKey(key))) === undefined) await settled(store.add(row));
  }

  async remove(key: string): Promise<void> {
    // As `add` does, so that neither overtakes the other.
    await this.#living;
    const store = await this.#rows('readwrite');
    const place = await settled(store.index('key').getKey(key));
    if (place !== undefined) await settled(store.delete(place));
  }

  async #rows(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    return (await this.#opened).transaction(rows, mode).objectStore(rows);
  }
}

async function opened(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    const store = request.result.createObjectStore(rows, { keyPath: 'place', autoIncrement: true });
    store.createIndex('key', 'key', { unique: true });
  };
  return settled(request);
}

async function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB has failed'));
  });
}

function lockOf(name: string, owner: string): string {
  return `${name} of ${owner}`;
}

/** Holds a lock until the page is no more. Where there are none, another page may send the same: it is stored once. */
async function holdForLife(name: string): Promise<void> {
  const { locks } = navigator;
  if (locks === undefined) return;
  await new Promise<void>((held) => {
    void locks.request(name, () => {
      held();
      return new Promise(() => {});
    });
  });
}

async function living(): Promise<ReadonlySet<string | undefined>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.map((lock) => lock.name));
}

async function locked<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
  return navigator.locks === undefined ? run() : navigator.locks.request(name, run);
}
