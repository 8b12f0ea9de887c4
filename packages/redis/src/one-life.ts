/** Connections that live and die together: what happens to one before all are there, or after one is gone, is not told. */
export class OneLife {
  readonly #closeAll: () => void;
  readonly #ended: (cause: unknown) => void;
  #state: 'connecting' | 'there' | 'gone' = 'connecting';
  #cause: unknown = null;

  /** `ended` is called once, if they end by themselves after they have been there. */
  constructor(closeAll: () => void, ended: (cause: unknown) => void) {
    this.#closeAll = closeAll;
    this.#ended = ended;
  }

  /** Resolves when all are there. @throws what became of the first that is not; then none is */
  async begin(connecting: readonly Promise<unknown>[]): Promise<void> {
    try {
      await Promise.all(connecting);
      if (this.#cause !== null) throw this.#cause;
      this.#state = 'there';
    } catch (cause) {
      this.end();
      throw cause;
    }
  }

  /** One of them is gone. */
  lost(cause: unknown): void {
    this.#cause ??= cause;
    if (this.#state !== 'there') return;
    this.end();
    this.#ended(cause);
  }

  end(): void {
    this.#state = 'gone';
    this.#closeAll();
  }
}
