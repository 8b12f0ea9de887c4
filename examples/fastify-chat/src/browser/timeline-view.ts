import { element } from '@rt/example-ui';
import { setRows } from './make.ts';
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

  draw(rows: readonly Row[]): void {
    const anchor = this.#atEnd ? null : this.#anchor();
    setRows(this.#list, rows, (row) => drawRow(row, this.#options.actions));
    if (this.#atEnd) this.toEnd();
    // What comes in above must not move what is being read.
    else if (anchor?.row.isConnected === true) this.#log.scrollTop += topOf(anchor.row) - anchor.top;
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
    if (scrollTop < clientHeight / 2) this.#options.onTop();
    this.#options.onMove();
  }

  /** The first row in sight. */
  #anchor(): { readonly row: HTMLElement; readonly top: number } | null {
    const edge = topOf(this.#log);
    for (const row of this.#list.children as HTMLCollectionOf<HTMLElement>) {
      if (row.getBoundingClientRect().bottom > edge) return { row, top: topOf(row) };
    }
    return null;
  }
}

function topOf(target: HTMLElement): number {
  return target.getBoundingClientRect().top;
}
