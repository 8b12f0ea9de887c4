import { make, setText } from '@rt/example-ui';
import type { ColumnId } from '../columns.ts';
import { columns } from '../columns.ts';
import type { CardCircumstances } from './card-view.ts';
import { CardView } from './card-view.ts';
import type { Cards } from './cards.ts';

const calm = matchMedia('(prefers-reduced-motion: reduce)');

export interface ColumnsViewOptions {
  readonly cards: Cards;
  /** Somebody has written the title of a new card. */
  readonly onAdd: (column: ColumnId, title: string) => void;
}

/** The columns with their cards. A card that goes elsewhere is seen going. */
export class ColumnsView {
  readonly #cards: Cards;
  readonly #views = new Map<string, CardView>();
  readonly #columns = new Map<ColumnId, { readonly list: HTMLElement; readonly count: HTMLElement }>();

  constructor(board: HTMLElement, { cards, onAdd }: ColumnsViewOptions) {
    this.#cards = cards;
    for (const { id, name } of columns) {
      const count = make('span', { class: 'count' });
      const list = make('ol', { class: 'cards', attributes: { 'data-column': id, 'aria-label': name } });
      const heading = make('h2', { text: name });
      const add = adding(name, (title) => onAdd(id, title));
      const column = make('section', { class: 'column' }, make('header', {}, heading, count), list, add);
      this.#columns.set(id, { list, count });
      board.append(column);
    }
  }

  view(id: string): HTMLElement | null {
    return this.#views.get(id)?.element ?? null;
  }

  list(id: ColumnId): HTMLElement | null {
    return this.#columns.get(id)?.list ?? null;
  }

  draw(circumstances: (id: string) => CardCircumstances): void {
    const focused = document.activeElement;
    const before = new Map([...this.#views].map(([id, { element }]) => [id, element.getBoundingClientRect()]));
    const gone = new Set(this.#views.keys());
    for (const [columnId, { list, count }] of this.#columns) {
      const shown = this.#cards.column(columnId);
      let next = list.firstElementChild;
      for (const one of shown) {
        const { id } = one.card;
        gone.delete(id);
        const view = this.#views.get(id) ?? new CardView(one);
        this.#views.set(id, view);
        view.draw(one, circumstances(id));
        if (view.element === next) next = next.nextElementSibling;
        else list.insertBefore(view.element, next);
      }
      setText(count, String(shown.length));
      list.classList.toggle('empty', shown.length === 0);
    }
    for (const id of gone) {
      this.#views.get(id)?.element.remove();
      this.#views.delete(id);
    }
    this.#move(before);
    // An element that is put elsewhere loses the focus.
    if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected) {
      focused.focus({ preventScroll: true });
      focused.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }

  /** Lets cards go from where they were to where they are. */
  #move(before: ReadonlyMap<string, DOMRect>): void {
    if (calm.matches) return;
    for (const [id, { element }] of this.#views) {
      const was = before.get(id);
      if (was === undefined) continue;
      const is = element.getBoundingClientRect();
      const [x, y] = [was.left - is.left, was.top - is.top];
      if (Math.abs(x) + Math.abs(y) < 2) continue;
      element.animate([{ translate: `${x}px ${y}px` }, { translate: '0 0' }], { duration: 180, easing: 'ease-out' });
    }
  }
}

/** The foot of a column, where a new card is written. */
function adding(column: string, onAdd: (title: string) => void): HTMLElement {
  const attributes = { 'aria-label': `Title of the new card in ${column}`, placeholder: 'Title', maxlength: '120' };
  const input = make('input', { attributes });
  const form = make('form', { class: 'adding' }, input);
  const button = make('button', { class: 'add', text: 'Add a card', attributes: { type: 'button' } });
  const open = (isOpen: boolean): void => {
    form.hidden = !isOpen;
    button.hidden = isOpen;
    input.value = '';
    if (isOpen) input.focus();
  };
  button.addEventListener('click', () => open(true));
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    open(false);
    button.focus();
  });
  input.addEventListener('blur', () => {
    if (input.value.trim() === '') open(false);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const title = input.value.trim();
    if (title === '') return;
    onAdd(title);
    input.value = '';
  });
  open(false);
  return make('div', { class: 'column-foot' }, form, button);
}
