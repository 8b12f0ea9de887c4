import { make } from '@rt/example-ui';
import type { Point } from '../board-events.ts';
import type { ColumnId } from '../columns.ts';
import { hueOf } from './hue.ts';

/** The least time between two places of one pointer. */
const paceMs = 50;
/** A pointer that stands still for so long is not shown any more. */
const restMs = 15_000;
const arrow = 'M1.5 1.5l4.6 12 2-5.3 5.4-2z';

export interface PointersOptions {
  /** Tells the others. @throws if it does not get there */
  readonly tell: (point: Point) => Promise<void>;
  /** Whether somebody would be told. */
  readonly isHeard: () => boolean;
}

/** A pointer that is somebody else's. */
interface Shown {
  readonly element: HTMLElement;
  point: Point;
  atMs: number;
}

/** Everybody's pointer over the board. This page's own is told as fast as answers come, and no faster than its pace. */
export class Pointers {
  readonly #board: HTMLElement;
  readonly #options: PointersOptions;
  readonly #layer: HTMLElement = make('div', { class: 'pointers', attributes: { 'aria-hidden': 'true' } });
  readonly #shown = new Map<string, Shown>();
  #own: Point | null = null;
  #telling = false;

  constructor(board: HTMLElement, options: PointersOptions) {
    this.#board = board;
    this.#options = options;
    board.append(this.#layer);
    board.addEventListener('pointermove', (event) => this.#moved(event));
    document.addEventListener('pointerleave', () => this.#want({ column: null, across: 0, down: 0 }));
    board.addEventListener('pointerleave', () => this.#want({ column: null, across: 0, down: 0 }));
    board.addEventListener('scroll', () => this.place(), { capture: true, passive: true });
    addEventListener('resize', () => this.place());
    setInterval(() => this.#forgetTheResting(), 1000);
  }

  show({ id, name }: { readonly id: string; readonly name: string }, point: Point): void {
    if (point.column === null) return this.remove(id);
    const shown = this.#shown.get(id) ?? { element: drawn(id, name), point, atMs: 0 };
    Object.assign(shown, { point, atMs: Date.now() });
    this.#shown.set(id, shown);
    if (!shown.element.isConnected) this.#layer.append(shown.element);
    this.#place(shown);
  }

  remove(id: string): void {
    this.#shown.get(id)?.element.remove();
    this.#shown.delete(id);
  }

  /** Only those who are here have a pointer. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of [...this.#shown.keys()]) if (!ids.has(id)) this.remove(id);
  }

  place(): void {
    for (const shown of this.#shown.values()) this.#place(shown);
  }

  #place({ element, point }: Shown): void {
    const list = this.#board.querySelector<HTMLElement>(`.cards[data-column="${point.column}"]`);
    if (list === null) return;
    const { left, top, width, height } = list.getBoundingClientRect();
    const frame = this.#layer.getBoundingClientRect();
    const down = point.down - list.scrollTop;
    element.hidden = down < -100 || down > height + 100;
    element.style.translate = `${left - frame.left + point.across * width}px ${top - frame.top + down}px`;
  }

  #moved({ clientX, clientY, pointerType }: PointerEvent): void {
    if (pointerType === 'touch' && !document.body.classList.contains('dragging')) return;
    const list = [...this.#board.querySelectorAll<HTMLElement>('.cards')].find((one) => {
      const { left, right } = one.getBoundingClientRect();
      return clientX >= left && clientX <= right;
    });
    if (list === undefined) return;
    const { left, top, width } = list.getBoundingClientRect();
    const down = Math.round(clientY - top + list.scrollTop);
    const across = Math.round(((clientX - left) / width) * 1000) / 1000;
    this.#want({ column: list.dataset['column'] as ColumnId, across, down: Math.max(down, -100) });
  }

  #want(point: Point): void {
    this.#own = point;
    if (!this.#telling) void this.#tell();
  }

  /** The newest place, again and again until it is told. */
  async #tell(): Promise<void> {
    this.#telling = true;
    while (this.#own !== null && this.#options.isHeard()) {
      const point = this.#own;
      this.#own = null;
      // One that is lost is not worth telling again: the next one says more.
      await Promise.allSettled([this.#options.tell(point), new Promise((done) => setTimeout(done, paceMs))]);
    }
    this.#telling = false;
  }

  #forgetTheResting(): void {
    const until = Date.now() - restMs;
    for (const [id, { atMs }] of this.#shown) if (atMs < until) this.remove(id);
  }
}

function drawn(id: string, name: string): HTMLElement {
  const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  picture.setAttribute('viewBox', '0 0 15 15');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', arrow);
  picture.append(path);
  const label = make('span', { text: name });
  return make('div', { class: 'pointer', attributes: { 'data-hue': hueOf(id), 'data-name': name } }, picture, label);
}
