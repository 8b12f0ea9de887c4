/**
 * Something that changes, as UI libraries bind to it: the snapshot is the same object until it changes, and the functions
 * may be handed on by themselves.
 */
export interface Store<Snapshot> {
  /** Calls whenever the snapshot has become another. Returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => Snapshot;
}

/** A store that its owner changes. */
export class Cell<Snapshot> implements Store<Snapshot> {
  #snapshot: Snapshot;
  readonly #listeners = new Set<() => void>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  subscribe: Store<Snapshot>['subscribe'] = (listener) => {
    // The same function may listen twice.
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  };

  getSnapshot = (): Snapshot => this.#snapshot;

  set(snapshot: Snapshot): void {
    if (Object.is(snapshot, this.#snapshot)) return;
    this.#snapshot = snapshot;
    for (const listener of [...this.#listeners]) guarded(listener);
  }
}

/** Calls the app's code. What it throws is reported as an error that nobody caught, and stops nothing of ours. */
export function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    report(error);
  }
}

/** Reports an error that belongs to the app's code. */
export function report(error: unknown): void {
  if (typeof reportError === 'function') reportError(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}
