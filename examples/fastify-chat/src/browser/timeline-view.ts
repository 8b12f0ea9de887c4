import { element, setRows } from '@rt/example-ui';
import type { RowActions } from './row-drawing.ts';
import { drawRow } from './row-drawing.ts';
import type { Row } from './timeline.ts';

export interface TimelineViewOptions {
  readonly actions: RowActions;
  /** The oldest rows that are there are about to be seen. */
  readonly onTop: () => void;
  /** The newest is seen, or not any more. */
  readonly onMove: () => void;
}

/** As near to its end a list counts as being read there, in pixels. */
const nearPx = 48;

/** The messages of a room: it stays at the newest, or where the reader is. */
export class TimelineView {
  readonly #log = element('#log');
  readonly #list = element('#timeline');
  readonly #options: TimelineViewOptions;
  #atEnd = true;

  constructor(options: TimelineViewOptions) {
    this.#options = options;
    this.#log.addEventListener('scroll', () => this.#moved());
    new ResizeObserver(() => this.#atEnd && this.toEnd()).observe(this.#log);
  }

  /** Whether the newest message is in sight. */
  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** Whether the oldest that are there are in sight, or soon. */
  get nearTop(): boolean {
    return this.#log.scrollTop < this.#log.clientHeight / 2;
  }

  draw(rows: readonly Row[]): void {
    const anchor = this.#atEnd ? null : this.#anchor();
    setRows(this.#list, rows, (row) => drawRow(row, this.#options.actions));
    if (this.#atEnd) this.toEnd();
    // What comes in above must not move what is being read.
    else if (anchor !== null) {
      const row = this.#messages().find(({ dataset }) => dataset['key'] === anchor.key);
      if (row !== undefined) this.#log.scrollTop += topOf(row) - anchor.top;
    }
  }

  toEnd(): void {
    this.#atEnd = true;
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** By a key that moves, wherever the focus is. */
  page(direction: 1 | -1): void {
    this.#log.scrollBy({ top: direction * this.#log.clientHeight * 0.9 });
  }

  #moved(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < nearPx;
    if (this.nearTop) this.#options.onTop();
    this.#options.onMove();
  }

  /** The first message in sight. */
  #anchor(): { readonly key: string | undefined; readonly top: number } | null {
    const edge = topOf(this.#log);
    const row = this.#messages().find((one) => one.getBoundingClientRect().bottom > edge);
    return row === undefined ? null : { key: row.dataset['key'], top: topOf(row) };
  }

  /** Lines between messages move to where they belong; messages stay. */
  #messages(): readonly HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>('.message')];
  }
}

function topOf(target: HTMLElement): number {
  return target.getBoundingClientRect().top;
}
