import type { Latency } from '../harness/traffic.ts';

const stepUs = 100;
const steps = 300_000;

/** Latencies, counted in steps of a tenth of a millisecond up to half a minute. */
export class Latencies {
  readonly #counts = new Uint32Array(steps);
  #count = 0;
  #maxUs = 0;

  add(us: number): void {
    const step = us <= 0 ? 0 : Math.min(steps - 1, Math.floor(us / stepUs));
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#count += 1;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#maxUs = 0;
  }

  tell(): Latency {
    return { p50Ms: this.#at(0.5), p99Ms: this.#at(0.99), maxMs: this.#maxUs / 1000 };
  }

  #at(share: number): number {
    let left = this.#count * share;
    for (let step = 0; step < steps; step += 1) {
      left -= this.#counts[step] ?? 0;
      if (left <= 0) return ((step + 0.5) * stepUs) / 1000;
    }
    return this.#maxUs / 1000;
  }
}
