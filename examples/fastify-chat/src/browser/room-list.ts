import { element, make, setRows } from '@rt/example-ui';

export interface RoomRow {
  readonly key: string;
  readonly name: string;
  readonly active: boolean;
  /** How many messages were not read: `50+` where only the newest are known. */
  readonly unread: string;
  readonly denied: boolean;
}

const svg = 'http://www.w3.org/2000/svg';

export function drawRooms(rows: readonly RoomRow[]): void {
  setRows(element('#rooms'), rows, ({ key, name, active, unread, denied }) =>
    make(
      'li',
      {},
      make(
        'a',
        {
          class: unread === '' ? 'link' : 'link unread',
          attributes: { href: `#${key}`, ...(active && { 'aria-current': 'page' }) },
        },
        make('span', { class: 'name', text: name }),
        denied ? lock() : null,
        unread === ''
          ? null
          : make('span', { class: 'count', text: unread, attributes: { 'aria-label': `${unread} not read` } }),
      ),
    ),
  );
}

function lock(): SVGElement {
  const drawn = document.createElementNS(svg, 'svg');
  drawn.setAttribute('viewBox', '0 0 16 16');
  drawn.setAttribute('class', 'lock');
  drawn.setAttribute('role', 'img');
  drawn.setAttribute('aria-label', 'not open to you');
  const path = document.createElementNS(svg, 'path');
  path.setAttribute('d', 'M4 7.5h8v5.5H4zM5.5 7.5V5.5a2.5 2.5 0 0 1 5 0v2');
  drawn.append(path);
  return drawn;
}
