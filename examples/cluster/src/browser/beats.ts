/** One beat as this page has got it. */
export interface Beat {
  readonly n: number;
  /** The node that has delivered it, or `null` as long as that is not known. */
  node: string | null;
  /** `before` the page was there, `missed` while it had no connection, or live. */
  readonly came: 'before' | 'missed' | 'live';
}

/** As many are remembered. */
const remembered = 1200;

/** The pulse of the cluster as this page has got it: which are missing, which came twice, who delivered which. */
export class Beats {
  #all: Beat[] = [];
  #first: number | null = null;
  #newest = 0;
  #count = 0;
  #twice = 0;
  #missed = 0;

  get all(): readonly Beat[] {
    return this.#all;
  }

  get newest(): number {
    return this.#newest;
  }

  get count(): number {
    return this.#count;
  }

  get twice(): number {
    return this.#twice;
  }

  /** How many came late, after a reconnect. */
  get missed(): number {
    return this.#missed;
  }

  /** How many of those since the first are not there. */
  get missing(): number {
    return this.#first === null ? 0 : this.#newest - this.#first + 1 - this.#count;
  }

  add(beat: Beat): void {
    if (beat.n <= this.#newest && this.#all.some(({ n }) => n === beat.n)) {
      this.#twice += 1;
      return;
    }
    this.#first ??= beat.n;
    this.#newest = Math.max(this.#newest, beat.n);
    this.#count += 1;
    if (beat.came === 'missed') this.#missed += 1;
    this.#all.push(beat);
    if (this.#all.length > remembered) this.#all = this.#all.slice(-remembered / 2);
  }

  /** It has become known who delivered those of which it was not. */
  from(node: string): void {
    for (const beat of this.#all) beat.node ??= node;
  }
}
