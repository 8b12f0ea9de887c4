import { RtError } from '@rt/protocol';
import type { Journal } from './journal.ts';

/** Where the app or the broker may answer late. */
export const places = ['rule', 'broker', 'receipt', 'read', 'schema', 'user', 'token', 'handler', 'body'] as const;
/** And where there is presence: its store, and who listens to it. */
export const presencePlaces = ['presence', 'listener'] as const;
export type Place = (typeof places)[number] | (typeof presencePlaces)[number];

/** How it fails there. A schema says what it refuses, and does not fail. */
function failure(place: Place): Error {
  if (place === 'broker' || place === 'receipt' || place === 'read' || place === 'presence') {
    return new RtError('broker_failed', 'a planned failure');
  }
  if (place === 'body') return new RtError('body_incomplete', 'a planned failure');
  return place === 'schema' ? new RtError('event_invalid', 'a planned failure') : new Error('a planned failure');
}

interface Waiting {
  readonly place: Place;
  readonly resolve: () => void;
  readonly reject: (cause: Error) => void;
}

/** Whatever waits for an answer that the schedule gives when it likes, or refuses. */
export class Gates {
  readonly #journal: Journal;
  readonly #late = new Set<Place>();
  #waiting: Waiting[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** From now on answers at this place are late, or not. */
  set(place: Place, late: boolean): void {
    if (late) this.#late.add(place);
    else this.#late.delete(place);
  }

  /** `null` where there is nothing to wait for. Rejects if the schedule lets it fail. */
  pass(place: Place): Promise<void> | null {
    if (!this.#late.has(place)) return null;
    this.#journal.note(() => `  ${place} waits`);
    return new Promise((resolve, reject) => this.#waiting.push({ place, resolve, reject }));
  }

  /** Lets one that waits go on, or fail. */
  release(index: number, fails: boolean): void {
    const [one] = this.#waiting.splice(index % Math.max(1, this.#waiting.length), 1);
    if (one === undefined) return;
    this.#journal.note(() => `  ${one.place} ${fails ? 'fails' : 'goes on'}`);
    if (fails) one.reject(failure(one.place));
    else one.resolve();
  }

  /** Nothing waits from here on. */
  openAll(): void {
    this.#late.clear();
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }
}
