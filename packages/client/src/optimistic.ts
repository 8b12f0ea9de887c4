import type { Position, RtError } from '@rt/protocol';
import { Cell } from './store.ts';

/** A publication that is shown before the server has it. */
export interface OptimisticEntry<Event extends string = string, Data = unknown> {
  readonly key: string;
  readonly event: Event;
  readonly data: Data;
  /** Why the server has refused it; `null` as long as it has not. */
  readonly error: RtError | null;
  /** Takes a refused one away. */
  dismiss(): void;
}

/**
 * A channel's own publications that are not in the log yet, in their order. One that has come back is taken away in the
 * very moment in which it is delivered, so that nothing is shown twice and nothing flickers; one that was refused stays
 * with the reason, until it is dismissed.
 */
export class Optimistic {
  readonly cell: Cell<readonly OptimisticEntry[]> = new Cell<readonly OptimisticEntry[]>([]);

  /** Where those are that are stored and have not come back. */
  readonly #stored = new Map<string, Position>();

  add(key: string, event: string, data: unknown): OptimisticEntry {
    const entry: OptimisticEntry = { key, event, data, error: null, dismiss: () => this.settle(key) };
    this.cell.set([...this.cell.getSnapshot(), entry]);
    return entry;
  }

  /** It is stored, and on its way. */
  returns(key: string, at: Position): void {
    this.#stored.set(key, at);
  }

  /** Of what is stored, that what is at such a place will not come back any more. */
  passed(isPassed: (at: Position) => boolean): void {
    for (const [key, at] of this.#stored) if (isPassed(at)) this.settle(key);
  }

  settle(key: string): void {
    this.#stored.delete(key);
    const entries = this.cell.getSnapshot();
    const left = entries.filter((entry) => entry.key !== key);
    if (left.length < entries.length) this.cell.set(left);
  }

  refuse(key: string, error: RtError): void {
    this.cell.set(this.cell.getSnapshot().map((entry) => (entry.key === key ? { ...entry, error } : entry)));
  }
}
