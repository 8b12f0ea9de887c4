/** How long an idempotency key is remembered, unless newer ones push it out. */
const rememberedForMs = 300_000;
const maxKeys = 1000;

interface Row {
  readonly offset: number;
  readonly atMs: number;
}

/** The idempotency keys of a channel's last publications: for five minutes, and no more than a thousand. */
export class RecentKeys {
  // In the order of the publications: the oldest first.
  readonly #rows = new Map<string, Row>();

  /** The offset of the publication with this key, or `null` if none is remembered. */
  find(key: string, nowMs: number): number | null {
    this.#forget(nowMs);
    return this.#rows.get(key)?.offset ?? null;
  }

  add(key: string, offset: number, nowMs: number): void {
    this.#rows.set(key, { offset, atMs: nowMs });
    this.#forget(nowMs);
  }

  #forget(nowMs: number): void {
    for (const [key, { atMs }] of this.#rows) {
      if (this.#rows.size <= maxKeys && nowMs - atMs < rememberedForMs) return;
      this.#rows.delete(key);
    }
  }
}
