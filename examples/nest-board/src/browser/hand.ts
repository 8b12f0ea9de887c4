import type { ColumnId } from '../columns.ts';
import type { Cards } from './cards.ts';
import type { Changes } from './changes.ts';

export interface HandOptions {
  readonly cards: Cards;
  readonly changes: Changes;
  /** How far the board is read. */
  readonly seen: () => string | null;
  readonly onChange: () => void;
}

/** Picks a card up, carries it and puts it down, for the pointer and the keyboard alike. */
export class Hand {
  readonly #options: HandOptions;
  /** Where the held card was picked up. */
  #index = -1;
  #column: ColumnId | null = null;

  constructor(options: HandOptions) {
    this.#options = options;
  }

  get held(): string | null {
    return this.#options.cards.held?.id ?? null;
  }

  pickUp(id: string): boolean {
    const { cards, seen, onChange } = this.#options;
    const card = cards.get(id);
    const read = seen();
    if (card === null || read === null) return false;
    const { column, rank } = card;
    cards.dismiss(id);
    this.#column = column;
    this.#index = this.indexOf(id, column);
    cards.held = { id, column, rank, seen: read };
    onChange();
    return true;
  }

  /** Holds it over a place. */
  carry(column: ColumnId, index: number): void {
    const { cards, onChange } = this.#options;
    const { held } = cards;
    if (held === null || (held.column === column && this.indexOf(held.id, column) === index)) return;
    cards.held = { ...held, ...cards.spot(held.id, column, index) };
    onChange();
  }

  /** Puts it down where it is held. One that was only lifted is left alone. */
  drop(): void {
    const { cards, changes, onChange } = this.#options;
    const { held } = cards;
    if (held === null) return;
    const { id, column, rank, seen } = held;
    const isMoved = column !== this.#column || this.indexOf(id, column) !== this.#index;
    cards.held = null;
    const card = cards.get(id);
    if (isMoved && card !== null) changes.put({ ...cardOf(card), column, rank }, seen);
    onChange();
  }

  cancel(): void {
    this.#options.cards.held = null;
    this.#options.onChange();
  }

  indexOf(id: string, column: ColumnId): number {
    return this.#options.cards.column(column).findIndex(({ card }) => card.id === id);
  }
}

/** A card without who has put it there. */
function cardOf({ id, code, title, area, column, rank }: Parameters<Changes['put']>[0]): Parameters<Changes['put']>[0] {
  return { id, code, title, area, column, rank };
}
