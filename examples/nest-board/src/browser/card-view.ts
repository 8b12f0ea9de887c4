import { make, setText } from '@rt/example-ui';
import type { ShownCard } from './cards.ts';
import { nameOf } from '../person.ts';
import { hueOf } from './hue.ts';

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short', hourCycle: 'h23' });

/** What is drawn of a card beside itself. */
export interface CardCircumstances {
  /** Who else has it in hand, by id. */
  readonly heldBy: string | null;
  readonly live: boolean;
}

/** One card on the page. Its element is the same as long as there is the card, so that it keeps the focus. */
export class CardView {
  readonly element: HTMLLIElement;
  readonly #area: HTMLElement = make('span', { class: 'area' });
  readonly #title: HTMLElement = make('p', { class: 'title' });
  readonly #by: HTMLElement = make('span', { class: 'by' });
  readonly #carrier: HTMLElement = make('span', { class: 'carrier' });
  readonly #note: HTMLElement = make('p', { class: 'card-note' });

  constructor({ card }: ShownCard) {
    const code = make('span', { class: 'code', text: card.code });
    const grip = make('span', { class: 'grip', attributes: { 'aria-hidden': 'true' } });
    const foot = make('p', { class: 'foot' }, this.#by, this.#carrier);
    const attributes = { tabindex: '0', 'aria-roledescription': 'movable card', 'data-id': card.id };
    this.element = make(
      'li',
      { class: 'card', attributes },
      make('p', { class: 'top' }, code, this.#area, grip),
      this.#title,
      foot,
      this.#note,
    );
  }

  draw({ card, state, placed, note }: ShownCard, { heldBy, live }: CardCircumstances): void {
    const { element } = this;
    element.dataset['state'] = state === 'changing' && !live ? 'waiting' : state;
    element.dataset['rank'] = String(card.rank);
    element.ariaLabel = `${card.code}, ${card.title}`;
    setText(this.#area, card.area);
    setText(this.#title, card.title);
    setText(this.#by, by({ state, placed, live }));
    element.classList.toggle('carried', heldBy !== null);
    setText(this.#carrier, heldBy === null ? '' : `${nameOf(heldBy)} is moving it`);
    this.#carrier.hidden = heldBy === null;
    if (heldBy !== null) element.dataset['hue'] = hueOf(heldBy);
    else delete element.dataset['hue'];
    this.#note.hidden = note === null;
    this.#note.dataset['is'] = note?.type ?? '';
    setText(this.#note, note?.text ?? '');
  }
}

function by({ state, placed, live }: Pick<ShownCard, 'state' | 'placed'> & { readonly live: boolean }): string {
  if (state === 'held') return 'in your hand';
  if (state === 'changing') return live ? 'moving' : 'waits for the connection';
  return placed === null ? '' : `${placed.by.name}, ${time.format(placed.atMs)}`;
}
