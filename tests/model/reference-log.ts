import type { Keep } from '@rt/core';

/** A log as one would write it without a thought for speed: the model that the real one is compared with. */
export class ReferenceLog {
  readonly all: { readonly offset: number; readonly data: string; readonly atMs: number }[] = [];
  readonly #keep: Keep;

  constructor(keep: Keep) {
    this.#keep = keep;
  }

  get top(): number {
    return this.all.length;
  }

  append(data: string, atMs: number): void {
    this.all.push({ offset: this.all.length + 1, data, atMs });
  }

  floor(nowMs: number): number {
    const oldest = this.all.find(
      ({ offset, atMs }) => offset > this.top - this.#keep.count && atMs > nowMs - this.#keep.forMs,
    );
    return (oldest?.offset ?? this.top + 1) - 1;
  }
}
