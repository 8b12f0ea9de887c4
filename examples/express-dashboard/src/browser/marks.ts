/** Something that happened to the stream, shown in the charts where it happened. Times in seconds. */
export type Mark =
  | { readonly kind: 'away'; readonly fromTime: number; readonly toTime: number }
  | { readonly kind: 'caught-up'; readonly fromTime: number; readonly toTime: number; readonly count: number }
  | { readonly kind: 'gap'; readonly fromTime: number; readonly toTime: number; readonly reason: string };

/** Collects the marks while points come in. */
export class Marks {
  #settled: readonly Mark[] = [];
  #open: Mark | null = null;

  /** In the order in which they happened; one that waits for its end reaches to `untilTime`. */
  between(fromTime: number, untilTime: number): readonly Mark[] {
    this.#settled = this.#settled.filter((mark) => mark.toTime >= fromTime);
    if (this.#open === null) return this.#settled;
    return [...this.#settled, { ...this.#open, toTime: Math.min(this.#open.toTime, untilTime) }];
  }

  /** A gap after the point at `time`; the next point ends it. */
  gap(time: number, reason: string): void {
    this.#settle();
    this.#open = { kind: 'gap', fromTime: time, toTime: Infinity, reason };
  }

  /** A point has come; `missed` says that it was waiting on the server while the stream was away. */
  point(beforeTime: number, time: number, missed: boolean): void {
    const open = this.#open;
    if (open?.kind === 'gap') {
      this.#open = { ...open, toTime: time };
      this.#settle();
      if (missed) this.#open = { kind: 'caught-up', fromTime: time, toTime: time, count: 1 };
    } else if (!missed) this.#settle();
    else if (open?.kind === 'caught-up') this.#open = { ...open, toTime: time, count: open.count + 1 };
    else this.#open = { kind: 'caught-up', fromTime: beforeTime, toTime: time, count: 1 };
  }

  #settle(): void {
    if (this.#open !== null) this.#settled = [...this.#settled, this.#open];
    this.#open = null;
  }
}
