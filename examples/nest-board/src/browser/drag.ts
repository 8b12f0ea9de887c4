import type { ColumnId } from '../columns.ts';
import type { Hand } from './hand.ts';

/** How far a pointer goes before it is a drag, and not a click. */
const slack = 4;
/** How near to an edge it scrolls. */
const edge = 48;

/** Lets a pointer carry cards: a mouse by the whole card, a finger by the grip, since it scrolls with the rest. */
export function dragByPointer(board: HTMLElement, hand: Hand): void {
  // Whoever presses somewhere has let go of what the keyboard holds.
  addEventListener('pointerdown', () => hand.held !== null && hand.cancel(), { capture: true });
  board.addEventListener('pointerdown', (event) => {
    const target = event.target as HTMLElement;
    const card = target.closest<HTMLElement>('.card');
    if (card === null || event.button !== 0 || !event.isPrimary) return;
    if (event.pointerType !== 'mouse' && target.closest('.grip') === null) return;
    new Drag(board, hand, { card, event });
  });
}

/** One drag, from the press to the release. */
class Drag {
  readonly #board: HTMLElement;
  readonly #hand: Hand;
  readonly #card: HTMLElement;
  readonly #from: PointerEvent;
  readonly #over: AbortController = new AbortController();
  #ghost: HTMLElement | null = null;
  #at: readonly [x: number, y: number] = [0, 0];

  constructor(board: HTMLElement, hand: Hand, { card, event }: { card: HTMLElement; event: PointerEvent }) {
    this.#board = board;
    this.#hand = hand;
    this.#card = card;
    this.#from = event;
    const { signal } = this.#over;
    addEventListener('pointermove', (moved) => this.#move(moved), { signal });
    addEventListener('pointerup', () => this.#end('drop'), { signal });
    addEventListener('pointercancel', () => this.#end('cancel'), { signal });
    addEventListener('keydown', (pressed) => pressed.key === 'Escape' && this.#end('cancel'), { signal });
  }

  #move(event: PointerEvent): void {
    const { clientX, clientY } = event;
    const [x, y] = [clientX - this.#from.clientX, clientY - this.#from.clientY];
    if (this.#ghost === null) {
      if (Math.hypot(x, y) < slack) return;
      if (!this.#lift()) return this.#end('cancel');
    }
    event.preventDefault();
    this.#at = [clientX, clientY];
    if (this.#ghost !== null) this.#ghost.style.translate = `${x}px ${y}px`;
    this.#carry();
  }

  #carry(): void {
    const [x, y] = this.#at;
    const list = this.#listAt(x);
    if (list === null) return;
    const others = [...list.children].filter((one) => one !== this.#card);
    const index = others.findIndex((one) => {
      const { top, height } = one.getBoundingClientRect();
      return y < top + height / 2;
    });
    this.#hand.carry(list.dataset['column'] as ColumnId, index < 0 ? others.length : index);
  }

  #lift(): boolean {
    const { left, top, width } = this.#card.getBoundingClientRect();
    const ghost = this.#card.cloneNode(true) as HTMLElement;
    if (!this.#hand.pickUp(this.#card.dataset['id'] ?? '')) return false;
    ghost.classList.add('ghost');
    ghost.removeAttribute('tabindex');
    ghost.ariaHidden = 'true';
    delete ghost.dataset['id'];
    Object.assign(ghost.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
    document.body.append(ghost);
    document.body.classList.add('dragging');
    this.#ghost = ghost;
    requestAnimationFrame(() => this.#scroll());
    return true;
  }

  #end(how: 'drop' | 'cancel'): void {
    this.#over.abort();
    document.body.classList.remove('dragging');
    if (this.#ghost === null) return;
    this.#ghost.remove();
    if (how === 'drop') this.#hand.drop();
    else this.#hand.cancel();
    this.#card.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** The column that is below or above the pointer. */
  #listAt(x: number): HTMLElement | null {
    const lists = [...this.#board.querySelectorAll<HTMLElement>('.cards')];
    return (
      lists.find((list) => {
        const { left, right } = list.getBoundingClientRect();
        return x >= left - 8 && x <= right + 8;
      }) ?? null
    );
  }

  /** At an edge it goes on as long as the pointer is there, also if that stands still. */
  #scroll(): void {
    if (this.#over.signal.aborted) return;
    requestAnimationFrame(() => this.#scroll());
    const [x, y] = this.#at;
    const { left, right } = this.#board.getBoundingClientRect();
    this.#board.scrollBy(towards(x, left, right), 0);
    const list = this.#listAt(x);
    if (list === null) return;
    const { top, bottom } = list.getBoundingClientRect();
    list.scrollBy(0, towards(y, top, bottom));
    this.#carry();
  }
}

/** Pixels to scroll in one frame, where a pointer is near one of two edges. */
function towards(at: number, from: number, to: number): number {
  if (at < from + edge) return -8;
  return at > to - edge ? 8 : 0;
}
