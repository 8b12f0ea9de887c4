import { parsePosition } from '@rt/protocol';

/** What went wrong, by its kind. */
export type Wrong = 'lost' | 'duplicate' | 'gap' | 'out of order' | 'ghost' | 'missing member' | 'refused' | 'not back';

/** One channel, as all who read it and all who publish to it have told. */
interface Ledger {
  epoch: string | null;
  top: number;
  /** The mark of each offset, and back. */
  readonly marks: Map<number, string>;
  readonly offsets: Map<string, number>;
}

/** What is true: where each publication was stored, however it came to be known, and what contradicts that. */
export class Book {
  /** The first of what was wrong, in words. */
  readonly examples: string[] = [];
  readonly wrongs: Partial<Record<Wrong, number>> = {};
  /** How often something was told to a reader of the log. */
  told = 0;
  readonly #ledgers = new Map<string, Ledger>();
  readonly #onWrong: (example: string) => void;

  /** @param onWrong Is told of each thing that is wrong, when it is found. */
  constructor(onWrong: (example: string) => void) {
    this.#onWrong = onWrong;
  }

  note(wrong: Wrong, what: string): void {
    this.wrongs[wrong] = (this.wrongs[wrong] ?? 0) + 1;
    const example = `${new Date().toISOString()} ${wrong}: ${what}`;
    if (this.examples.length < 50) this.examples.push(example);
    this.#onWrong(example);
  }

  get failures(): number {
    return Object.values(this.wrongs).reduce((sum, count) => sum + count, 0);
  }

  /** How many publications are known to be stored. */
  get stored(): number {
    return [...this.#ledgers.values()].reduce((sum, { marks }) => sum + marks.size, 0);
  }

  top(channel: string): number {
    return this.#ledgers.get(channel)?.top ?? 0;
  }

  /** A place that was reached some publications ago, or `null` if nothing is known of the channel. */
  placeBefore(channel: string, publications: number): string | null {
    const ledger = this.#ledgers.get(channel);
    if (ledger === undefined || ledger.epoch === null) return null;
    return `${ledger.epoch}.${Math.max(0, ledger.top - publications)}`;
  }

  /** The place with an offset, in a channel that something is known of. */
  place(channel: string, offset: number): string {
    return `${this.#ledgers.get(channel)?.epoch ?? ''}.${offset}`;
  }

  /** Somebody was told that this is stored there. */
  at(channel: string, position: string, mark: string, who: string): void {
    const place = parsePosition(position);
    if (place === null) return this.note('out of order', `${who} was told of a place ${position}`);
    const ledger = this.#ledgerOf(channel);
    if (ledger.epoch !== null && ledger.epoch !== place.epoch) {
      return this.note('lost', `${channel} began anew: ${who} was told of ${position}, and it was ${ledger.epoch}`);
    }
    ledger.epoch = place.epoch;
    ledger.top = Math.max(ledger.top, place.offset);
    const there = ledger.marks.get(place.offset);
    const before = ledger.offsets.get(mark);
    if (there !== undefined && there !== mark) {
      this.note('lost', `${who} has ${mark} at ${channel} ${position}, where others have ${there}`);
    }
    if (before !== undefined && before !== place.offset) {
      this.note('duplicate', `${mark} is at ${channel} ${before}, and for ${who} at ${place.offset}`);
    }
    ledger.marks.set(place.offset, mark);
    ledger.offsets.set(mark, place.offset);
  }

  /** Lets go of all that it knows, not of what was wrong. */
  forget(): void {
    this.#ledgers.clear();
  }

  /** What is stored by each, is it in the order in which it was published? */
  checkOrder(): void {
    for (const [channel, { marks }] of this.#ledgers) {
      const newest = new Map<string, number>();
      for (const [offset, mark] of [...marks].toSorted(([a], [b]) => a - b)) {
        const [by = '', n = ''] = mark.split('#');
        const before = newest.get(by) ?? 0;
        if (Number(n) <= before) this.note('out of order', `${channel} ${offset}: ${mark} comes after ${before}`);
        newest.set(by, Number(n));
      }
    }
  }

  #ledgerOf(channel: string): Ledger {
    let ledger = this.#ledgers.get(channel);
    if (ledger === undefined) {
      ledger = { epoch: null, top: 0, marks: new Map(), offsets: new Map() };
      this.#ledgers.set(channel, ledger);
    }
    return ledger;
  }
}
