import type { RtError } from '@rt/protocol';
import type { Body } from './bytes.ts';

/** A publication on its way to the server. */
export interface OutboxEntry {
  readonly key: string;
  readonly channel: string;
  readonly event: string;
  /** As it is sent: `data`, or `base64` for bytes. */
  readonly body: Body;
  readonly ifPosition: string | null;
  /** Whether it is shown before the server has it. */
  readonly optimistic: boolean;
}

/** Where publications are kept until the server has them. What pages that are no more have left is sent anew, in its order. */
export interface OutboxStore {
  /** What nobody else is about to send. Called when a page opens, and whenever it has a connection. */
  load(): Promise<readonly OutboxEntry[]>;
  /** Keeps one, unless it is there: then it stays in its place. */
  add(entry: OutboxEntry): Promise<void>;
  remove(key: string): Promise<void>;
}

/** The frame that publishes an entry. */
export function publishFrame(entry: OutboxEntry): Readonly<Record<string, unknown>> {
  const { key, channel, event, body, optimistic, ifPosition } = entry;
  return {
    type: 'publish',
    channel,
    event,
    ...body,
    key,
    ...(optimistic && { echo: true }),
    ...(ifPosition !== null && { ifPosition }),
  };
}

/** What becomes of an entry. */
export interface Settled {
  stored(position: string | null): void;
  refused(error: RtError): void;
}

/** Sends one entry. Called in order; never for one that is on its way. */
export type SendEntry = (entry: OutboxEntry, settled: Settled) => void;

/** How fast the server takes publications. */
export interface Pace {
  readonly publishesPerSecond: number;
  readonly burst: number;
}

/** The part of the server's pace that is used: the way there is not even, and the server counts what arrives. */
const caution = 0.8;

interface Row {
  readonly entry: OutboxEntry;
  /** All who have published it: one publication may be repeated before it is stored. */
  readonly settled: Settled[];
  sent: boolean;
}

/** A key says which publication of a channel it is: another channel may have the same. */
const idOf = ({ channel, key }: OutboxEntry): string => `${channel} ${key}`;

/**
 * Publications in the order in which they were made. All are sent again after a reconnect, with their keys: of those that
 * had arrived the server tells the place. It is kept to the server's pace, since one that is refused for being too fast
 * would come after those that follow it.
 */
export class Outbox {
  readonly #send: SendEntry;
  readonly #store: OutboxStore | null;
  readonly #timer: (afterMs: number, run: () => void) => () => void;
  readonly #now: () => number;
  readonly #rows = new Map<string, Row>();
  #open = false;
  #pace: Pace | null = null;
  #tokens = 0;
  #countedAtMs = 0;
  #paused = false;

  constructor(
    send: SendEntry,
    store: OutboxStore | null,
    { timer, now }: { readonly timer: (afterMs: number, run: () => void) => () => void; readonly now: () => number },
  ) {
    this.#send = send;
    this.#store = store;
    this.#timer = timer;
    this.#now = now;
  }

  get size(): number {
    return this.#rows.size;
  }

  has(entry: OutboxEntry): boolean {
    return this.#rows.has(idOf(entry));
  }

  /** Adds a publication, and sends it when its time has come. One that is there is the same, and sent once. */
  add(entry: OutboxEntry, settled: Settled): void {
    const there = this.#rows.get(idOf(entry));
    if (there !== undefined) return void there.settled.push(settled);
    this.#rows.set(idOf(entry), { entry, settled: [settled], sent: false });
    // One that could not be kept is sent all the same.
    this.#store?.add(entry).catch(() => {});
    this.#flush();
  }

  /** There is a connection: everything is sent, in its order. */
  open(pace: Pace | null): void {
    this.#open = true;
    this.#pace = pace;
    this.#tokens = (pace?.burst ?? 0) * caution;
    this.#countedAtMs = this.#now();
    for (const row of this.#rows.values()) row.sent = false;
    this.#flush();
  }

  lost(): void {
    this.#open = false;
  }

  close(error: RtError): void {
    this.#open = false;
    for (const row of [...this.#rows.values()]) for (const settled of row.settled) settled.refused(error);
    this.#rows.clear();
  }

  #flush(): void {
    if (!this.#open || this.#paused) return;
    for (const row of this.#rows.values()) {
      if (row.sent) continue;
      const waitMs = this.#waitMs();
      if (waitMs > 0) return this.#pause(waitMs);
      row.sent = true;
      this.#send(row.entry, {
        stored: (position) => {
          this.#forget(row);
          for (const settled of row.settled) settled.stored(position);
        },
        refused: (error) => this.#refused(row, error),
      });
    }
  }

  #refused(row: Row, error: RtError): void {
    if (!error.retryable) {
      this.#forget(row);
      for (const settled of row.settled) settled.refused(error);
      return;
    }
    row.sent = false;
    this.#pause(error.retryInMs ?? 1000);
  }

  #forget({ entry }: Row): void {
    this.#rows.delete(idOf(entry));
    this.#store?.remove(entry.key).catch(() => {});
  }

  #pause(ms: number): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#timer(ms, () => {
      this.#paused = false;
      this.#flush();
    });
  }

  /** How long until the next may be sent; takes its token if that is now. */
  #waitMs(): number {
    if (this.#pace === null) return 0;
    const { publishesPerSecond, burst } = this.#pace;
    const nowMs = this.#now();
    const perMs = (publishesPerSecond * caution) / 1000;
    this.#tokens = Math.min(burst * caution, this.#tokens + (nowMs - this.#countedAtMs) * perMs);
    this.#countedAtMs = nowMs;
    if (this.#tokens < 1) return (1 - this.#tokens) / perMs;
    this.#tokens -= 1;
    return 0;
  }
}
