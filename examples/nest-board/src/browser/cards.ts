import { parsePosition } from '@rt/protocol';
import type { Card, PlacedCard } from '../board-events.ts';
import type { ColumnId } from '../columns.ts';
import { inOrder, rankAt } from './ranks.ts';

/** Where a card is, or shall be. */
export interface Spot {
  readonly column: ColumnId;
  readonly rank: number;
}

/** A card that is in this person's hand. */
export interface Held extends Spot {
  readonly id: string;
  /** How far the board was read when it was picked up. */
  readonly seen: string;
}

/** A change of this page's own that is not on the board yet. */
export interface OwnChange {
  readonly card: Card;
  /** Where it is stored, once that is known. */
  readonly madeAt: string | null;
}

/** Why a change has not become one. */
export interface Note {
  readonly type: 'conflict' | 'refused';
  readonly text: string;
}

/** A card as it is drawn. */
export interface ShownCard {
  readonly card: Card;
  readonly state: 'settled' | 'held' | 'changing';
  /** Who has put it there, or `null` where that is this page's own. */
  readonly placed: Pick<PlacedCard, 'by' | 'atMs'> | null;
  readonly note: Note | null;
}

/** All cards: what the server has told, what this page wants over it, and what is in the hand over both. */
export class Cards {
  readonly #told = new Map<string, { readonly card: PlacedCard; readonly position: string }>();
  readonly #own = new Map<string, OwnChange>();
  readonly #notes = new Map<string, Note>();
  held: Held | null = null;

  get count(): number {
    return this.#told.size;
  }

  get ownCount(): number {
    return this.#own.size;
  }

  get(id: string): Card | null {
    return this.#own.get(id)?.card ?? this.#told.get(id)?.card ?? null;
  }

  /** The number of the next new card. */
  get nextNumber(): number {
    const ids = [...this.#told.keys(), ...this.#own.keys()];
    return Math.max(0, ...ids.map((id) => Number(/\d+$/.exec(id)?.[0] ?? 0))) + 1;
  }

  /** What the server tells. An own change that it has passed is done. */
  tell(card: PlacedCard, position: string): void {
    this.#told.set(card.id, { card, position });
    this.#settle(card.id);
  }

  /** The server has begun a new board. */
  forget(): void {
    this.#told.clear();
  }

  want(card: Card): void {
    this.#notes.delete(card.id);
    this.#own.set(card.id, { card, madeAt: null });
  }

  /** It is stored: it stays as it is until the board says so too, so that nothing flickers. */
  made(id: string, madeAt: string): void {
    const own = this.#own.get(id);
    if (own !== undefined) this.#own.set(id, { ...own, madeAt });
    this.#settle(id);
  }

  /** It will not be. The card goes to where it is. */
  failed(id: string, note: Note | null): void {
    this.#own.delete(id);
    if (note !== null && this.#told.has(id)) this.#notes.set(id, note);
  }

  /** @param note only if it is still this one */
  dismiss(id: string, note: Note | undefined = this.#notes.get(id)): void {
    if (this.#notes.get(id) === note) this.#notes.delete(id);
  }

  /** The cards of a column in their order. */
  column(id: ColumnId): readonly ShownCard[] {
    const cards = this.#all().filter(({ card }) => card.column === id);
    return inOrder(cards.map((shown) => ({ ...shown, id: shown.card.id, rank: shown.card.rank })));
  }

  /** The place at an index of a column, for a card that may be in it already. */
  spot(id: string, column: ColumnId, index: number): Spot {
    const others = this.column(column).flatMap(({ card }) => (card.id === id ? [] : [card]));
    return { column, rank: rankAt(others, Math.min(Math.max(index, 0), others.length)) };
  }

  #all(): ShownCard[] {
    const ids = new Set([...this.#told.keys(), ...this.#own.keys()]);
    return [...ids].flatMap((id): ShownCard[] => {
      const told = this.#told.get(id)?.card ?? null;
      const own = this.#own.get(id)?.card ?? null;
      const card = own ?? told;
      if (card === null) return [];
      const note = this.#notes.get(id) ?? null;
      if (this.held?.id === id) {
        const { column, rank } = this.held;
        return [{ card: { ...card, column, rank }, state: 'held', placed: null, note: null }];
      }
      return [{ card, state: own === null ? 'settled' : 'changing', placed: own === null ? told : null, note }];
    });
  }

  #settle(id: string): void {
    const made = parsePosition(this.#own.get(id)?.madeAt ?? '');
    const told = parsePosition(this.#told.get(id)?.position ?? '');
    if (made === null || told === null) return;
    if (told.epoch !== made.epoch || told.offset >= made.offset) this.#own.delete(id);
  }
}
