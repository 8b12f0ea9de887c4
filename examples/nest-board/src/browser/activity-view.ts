import { element, make, setRows } from '@rt/example-ui';
import { columnName } from '../columns.ts';
import type { Happening } from './line.ts';
import { hueOf } from './hue.ts';

/** As many as are listed. */
const shownCount = 40;
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short', hourCycle: 'h23' });

/** Something that has happened, and whether it did while this page had no connection. */
export interface Line {
  readonly happening: Happening;
  readonly missed: boolean;
}

/** What has happened lately, the newest first. */
export class ActivityView {
  #lines: readonly Line[] = [];

  add(happening: Happening, missed: boolean): void {
    this.#lines = [{ happening, missed }, ...this.#lines].slice(0, shownCount);
  }

  forget(): void {
    this.#lines = [];
  }

  draw(): void {
    const rows = this.#lines.map(({ happening, missed }) => ({
      key: happening.position ?? '',
      missed,
      by: happening.data.by,
      at: time.format(happening.data.atMs),
      ...told(happening),
    }));
    element('#nothing').hidden = rows.length > 0;
    setRows(element('#activity'), rows, ({ by, at, what, title, missed }) =>
      make(
        'li',
        { class: missed ? 'missed' : '' },
        make('span', { class: 'face small', text: by.name.slice(0, 1), attributes: { 'data-hue': hueOf(by.id) } }),
        make(
          'p',
          {},
          make('strong', { text: by.name }),
          make('span', { text: ` ${what}` }),
          make(
            'span',
            { class: 'about quiet' },
            make('time', { text: at }),
            title === '' ? null : make('span', { class: 'of', text: ` ${title}` }),
          ),
        ),
      ),
    );
  }
}

function told(happening: Happening): { readonly what: string; readonly title: string } {
  switch (happening.event) {
    case 'came':
      return { what: 'opened the board', title: '' };
    case 'added': {
      const { card, title, to } = happening.data;
      return { what: `added ${card} to ${columnName(to)}`, title };
    }
    case 'moved': {
      const { card, title, from, to } = happening.data;
      const where = from === to ? `within ${columnName(to)}` : `to ${columnName(to)}`;
      return { what: `moved ${card} ${where}`, title };
    }
  }
}
