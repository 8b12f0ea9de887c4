import type { ColumnId } from '../columns.ts';
import { columnIds, columnName } from '../columns.ts';
import type { Cards } from './cards.ts';
import type { ColumnsView } from './columns-view.ts';
import type { Hand } from './hand.ts';

export interface KeysOptions {
  readonly cards: Cards;
  readonly hand: Hand;
  readonly view: ColumnsView;
  readonly say: (text: string) => void;
}

const steps: Readonly<Record<string, readonly [columns: number, cards: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Goes from card to card by the arrow keys; after Space they carry the card until Space puts it down. */
export function moveByKeys(board: HTMLElement, { cards, hand, view, say }: KeysOptions): void {
  const name = (id: string): string => cards.get(id)?.code ?? id;
  const where = (id: string, column: ColumnId): string =>
    `${columnName(column)}, ${hand.indexOf(id, column) + 1} of ${cards.column(column).length}`;

  function step(id: string, [aside, along]: readonly [number, number]): void {
    const column = cards.held?.column ?? cards.get(id)?.column;
    if (column === undefined) return;
    const to = columnIds[columnIds.indexOf(column) + aside];
    if (to === undefined) return;
    const index = hand.indexOf(id, column) + along;
    if (hand.held === id) {
      hand.carry(to, index);
      return say(where(id, cards.held?.column ?? to));
    }
    const there = cards.column(to);
    const next = there[Math.min(index, there.length - 1)]?.card.id;
    if (next !== undefined && index >= 0) view.view(next)?.focus();
  }

  board.addEventListener('keydown', (event) => {
    const id = (event.target as HTMLElement).dataset['id'];
    if (id === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const way = steps[event.key];
    if (way !== undefined) step(id, way);
    else if (event.key === ' ' || event.key === 'Enter') {
      if (hand.held === null) {
        if (hand.pickUp(id)) say(`${name(id)} is in your hand. Arrow keys move it, Space puts it down.`);
      } else {
        const column = cards.held?.column ?? 'next';
        say(`${name(id)} put down in ${where(id, column)}`);
        hand.drop();
      }
    } else if (event.key === 'Escape' && hand.held !== null) {
      hand.cancel();
      say(`${name(id)} is back where it was.`);
    } else return;
    event.preventDefault();
  });
  // Whoever goes elsewhere has let go of it.
  board.addEventListener('keydown', (event) => {
    if (event.key === 'Tab' && hand.held !== null) hand.cancel();
  });
}
