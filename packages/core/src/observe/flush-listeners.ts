/** One turn in which publications were handed to connections. */
export interface Flushed {
  /** How long that took, in milliseconds: the event loop did nothing else. */
  readonly ms: number;
  /** How many connections were written to. */
  readonly connections: number;
}

/** Is called at the end of each such turn. It SHOULD be quick; what it throws is printed, not passed on. */
export type FlushListener = (flushed: Flushed) => void;

/** Who wants to know how long turns take. As long as nobody does, no clock is read. */
export class FlushListeners {
  readonly #listeners = new Set<FlushListener>();

  get any(): boolean {
    return this.#listeners.size > 0;
  }

  /** Returns how to take it away again. */
  add(listener: FlushListener): () => void {
    // One of its own, so that who adds the same twice takes away one.
    const own: FlushListener = (flushed) => listener(flushed);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  tell(flushed: Flushed): void {
    for (const listener of this.#listeners) {
      try {
        listener(flushed);
      } catch (cause) {
        // oxlint-disable-next-line no-console -- as an observer that throws: nobody else can be told
        console.error('@rt: a listener of onFlush threw:', cause);
      }
    }
  }
}
