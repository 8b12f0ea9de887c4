import type { Range } from './answer-drawing.ts';

/** How tokens have come: read from the start by a page that came late, missed and caught up, or live. */
export interface Arrivals {
  readonly fromStart: number;
  readonly caughtUp: number;
  readonly live: number;
}

interface Token {
  readonly offset: number;
  /** Where the text ended with it. */
  readonly end: number;
}

/** While a page was away: the last offset that it had seen, and the last that was written when it came back. */
interface Absence {
  readonly after: number;
  readonly until: number;
}

/** The places of what was read, and what of it came late. Counted from what has come, not from what was said. */
export class TokenTrack {
  readonly #tokens: Token[] = [];
  #absences: Absence[] = [];
  #away: number | null = 0;
  #first = 0;
  #last = 0;
  #missing = 0;
  #position: string | null = null;

  get first(): number {
    return this.#first;
  }

  get last(): number {
    return this.#last;
  }

  get missing(): number {
    return this.#missing;
  }

  get count(): number {
    return this.#tokens.length;
  }

  get position(): string | null {
    return this.#position;
  }

  /** The text that was caught up after a reconnect. */
  get late(): readonly Range[] {
    return this.#absences.slice(1).flatMap(({ after, until }) => {
      const missed = this.#between(after, until);
      const first = missed[0];
      if (first === undefined) return [];
      const before = this.#tokens[this.#tokens.indexOf(first) - 1];
      return [{ from: before?.end ?? 0, to: missed.at(-1)?.end ?? 0 }];
    });
  }

  get arrivals(): Arrivals {
    const [start, ...later] = this.#absences.map(({ after, until }) => this.#between(after, until).length);
    const fromStart = start ?? 0;
    const caughtUp = later.reduce((sum, count) => sum + count, 0);
    return { fromStart, caughtUp, live: this.count - fromStart - caughtUp };
  }

  /** What the last time away was good for. */
  get lastCaughtUp(): number {
    const last = this.#absences.slice(1).at(-1);
    return last === undefined ? 0 : this.#between(last.after, last.until).length;
  }

  /** @param end Where the text ends with it, or `null` of what is no token. */
  add(position: string | null, end: number | null): void {
    const offset = Number(position?.split('.')[1]);
    if (position === null || !Number.isInteger(offset)) return;
    if (this.#first === 0) this.#first = offset;
    else this.#missing += offset - this.#last - 1;
    this.#last = offset;
    this.#position = position;
    if (end !== null) this.#tokens.push({ offset, end });
  }

  away(): void {
    this.#away ??= this.#last;
  }

  /** @param position The newest of the log. */
  back(position: string): void {
    if (this.#away === null) return;
    this.#absences = [...this.#absences, { after: this.#away, until: Number(position.split('.')[1]) }];
    this.#away = null;
  }

  #between(after: number, until: number): readonly Token[] {
    return this.#tokens.filter(({ offset }) => offset > after && offset <= until);
  }
}
