/**
 * Says in which span it is called, as a W3C `traceparent`, or `null` for none. MUST NOT throw.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export type CurrentTrace = () => string | null;

/** Whatever else is said is not carried: it could not be told from what stands beside it. */
const form = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** The trace that publications carry, if anybody has asked for that. */
export class CarriedTrace {
  #current: CurrentTrace | null = null;

  /** From now on; of several the last. Returns how to stop. */
  use(current: CurrentTrace): () => void {
    this.#current = current;
    return () => {
      if (this.#current === current) this.#current = null;
    };
  }

  /** That of the span in which this is called, or `null`. */
  now(): string | null {
    const trace = this.#current?.() ?? null;
    return trace !== null && form.test(trace) ? trace : null;
  }
}
