/** A hub, as another one of the same channels sees it. */
export interface Twin {
  /** Whether a client of it reads the channel. */
  isRead(channel: string): boolean;
}

/** For each list of patterns the one hub that has served requests; `null` where several have, which is meant so. */
const serving = new Map<string, WeakRef<Twin> | null>();

/**
 * Finds the mistake of two hubs where one was meant: one is mounted, and the other, of the same channels and with a memory
 * of its own, is published to.
 */
export class TwinHubs {
  readonly #key: string;
  readonly #own: Twin;
  #serves = false;

  constructor(patterns: readonly string[], own: Twin) {
    this.#key = patterns.join(' ');
    this.#own = own;
  }

  /** This hub has a request to serve. */
  served(): void {
    if (this.#serves) return;
    this.#serves = true;
    serving.set(this.#key, serving.has(this.#key) ? null : new WeakRef(this.#own));
  }

  /** Whether what is published to this hub is waited for at another one. */
  isMissedAtTwin(channel: string): boolean {
    return !this.#serves && (serving.get(this.#key)?.deref()?.isRead(channel) ?? false);
  }
}
