import { parsePosition } from '@rt/protocol';
import type { Book } from './book.ts';
import type { Numbered } from './channels.ts';

/** A log is told whole; of a state what was superseded is left out. */
export type LogKind = 'log' | 'state';

export const markOf = ({ by, n }: Numbered): string => `${by}#${n}`;

/** One reader of one channel: what it is told is checked as it comes. */
export class Watch {
  readonly channel: string;
  readonly who: string;
  readonly kind: LogKind;
  /** The offset that it has come to, or `null` before it is known. */
  place: number | null = null;
  /** Of a state, the mark of each card that is there. */
  readonly cards = new Map<string, string>();
  readonly #book: Book;

  constructor(book: Book, kind: LogKind, channel: string, who: string) {
    this.#book = book;
    this.kind = kind;
    this.channel = channel;
    this.who = who;
  }

  /** It asks for what comes after a place. */
  after(position: string | null): void {
    this.place = position === null ? null : (parsePosition(position)?.offset ?? null);
  }

  /** The server says where it begins. */
  begin(position: string): void {
    const offset = parsePosition(position)?.offset ?? null;
    if (this.place === null) this.place = offset;
    else if (offset !== this.place) {
      this.#book.note('lost', `${this.who}: ${this.channel} begins at ${position}, and it was at ${this.place}`);
    }
  }

  took(event: string, position: string, data: Numbered): void {
    const offset = parsePosition(position)?.offset ?? 0;
    this.#book.told += 1;
    this.#book.at(this.channel, position, markOf(data), this.who);
    if (this.place !== null && offset <= this.place) {
      this.#book.note('duplicate', `${this.who}: ${this.channel} ${offset} after ${this.place}`);
    }
    if (this.kind === 'log' && this.place !== null && offset > this.place + 1) {
      this.#book.note('lost', `${this.who}: ${this.channel} ${offset} after ${this.place}`);
    }
    this.place = offset;
    if (data.card === undefined) return;
    if (event === 'moved') this.cards.set(data.card, `${data.by} ${data.n}`);
    else this.cards.delete(data.card);
  }

  gap(reason: string, position: string): void {
    this.#book.note('gap', `${this.who}: ${this.channel} ${reason} after ${this.place}, goes on at ${position}`);
    this.after(position);
  }

  /** Whether it has come to an offset; one that was never told anything has begun behind it. */
  reached(offset: number): boolean {
    return this.place === null || this.place >= offset;
  }
}
