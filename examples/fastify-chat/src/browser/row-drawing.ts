import { explainGap, make, word } from '@rt/example-ui';
import type { Row } from './timeline.ts';

/** What can be done with a message that was refused, by its key. */
export interface RowActions {
  readonly retry: (key: string) => void;
  readonly edit: (key: string) => void;
  readonly dismiss: (key: string) => void;
}

export function drawRow(row: Row, actions: RowActions): HTMLElement {
  switch (row.type) {
    case 'day':
      return line('day', row.label);
    case 'new':
      return line('new', 'New');
    case 'missed':
      return line('missed', `${row.count} missed while there was no connection`);
    case 'gap':
      return line('gap', `Some messages are missing: ${explainGap(row.reason)}`);
    case 'message':
      return spoken(row, [make('p', { class: 'text', text: row.text })]);
    case 'pending': {
      const { key, text, refused } = row;
      const words = make('p', { class: 'text', text });
      if (refused === null) {
        return spoken(row, [
          words,
          make('p', { class: 'fate', text: row.waits ? 'waits for the connection' : 'sending' }),
        ]);
      }
      return spoken(row, [
        words,
        make('p', { class: 'fate trouble', text: `${refused} ` }),
        make(
          'p',
          { class: 'fate' },
          word('Edit', () => actions.edit(key)),
          word('Try again', () => actions.retry(key)),
          word('Dismiss', () => actions.dismiss(key)),
        ),
      ]);
    }
  }
}

function line(kind: string, text: string): HTMLElement {
  return make('li', { class: `line ${kind}` }, make('span', { text }));
}

function spoken(row: Extract<Row, { readonly type: 'message' | 'pending' }>, said: readonly Node[]): HTMLElement {
  const { by, head, own, type } = row;
  const refused = type === 'pending' && row.refused !== null;
  const kinds = [head && 'first', own && 'own', type === 'pending' && 'pending', refused && 'refused'];
  const missed = type === 'message' && row.missed;
  const time =
    type === 'message'
      ? make('time', { text: row.time, attributes: { title: row.fullTime } })
      : make('time', { text: '' });
  return make(
    'li',
    { class: ['message', ...kinds, missed && 'missed'].filter((kind) => kind !== false).join(' ') },
    head ? make('span', { class: 'face', text: initials(by.name), attributes: { 'aria-hidden': 'true' } }) : time,
    make(
      'div',
      { class: 'said' },
      head ? make('p', { class: 'by' }, make('strong', { text: by.name }), time) : null,
      ...said,
    ),
  );
}

/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((one) => one !== '');
  const named = words.length > 1 ? [words[0], words.at(-1)] : words;
  // Whole characters, also where one is more than one UTF-16 unit.
  return named
    .map((one) => String.fromCodePoint(one?.codePointAt(0) ?? 0x3f))
    .join('')
    .toUpperCase();
}
