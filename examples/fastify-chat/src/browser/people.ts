import { element, make, setRows, setText } from '@rt/example-ui';
import type { Here } from './conversation.ts';
import { initials } from './row-drawing.ts';
import { typingWords } from './typists.ts';
import type { Typists } from './typists.ts';

interface Person {
  readonly key: string;
  readonly name: string;
  readonly own: boolean;
  readonly tabs: number;
  readonly typing: boolean;
}

/** As many are named in one line; the others are counted. */
const namedInLine = 3;

export interface PeopleView {
  readonly here: Here | null;
  readonly typists: Typists;
  /** Who this browser is, or `null` for somebody who reads along. */
  readonly ownId: string | null;
  readonly live: boolean;
  readonly denied: boolean;
}

/** Who has the room open, and who of them types. */
export function showPeople({ here, typists, ownId, live, denied }: PeopleView): void {
  const { ids, names } = typists;
  const people = (here?.members ?? [])
    .map(({ user, state, connections }): Person => {
      return { key: user, name: state.name, own: user === ownId, tabs: connections, typing: live && ids.has(user) };
    })
    .toSorted((one, other) => Number(other.own) - Number(one.own) || one.name.localeCompare(other.name));
  setRows(element('#people'), people, ({ name, own, tabs, typing }) => {
    const notes = [own && 'you', tabs > 1 && `${tabs} tabs`, typing && 'typing'].filter((note) => note !== false);
    return make(
      'li',
      { class: typing ? 'person types' : 'person' },
      make('span', { class: 'face', text: initials(name), attributes: { 'aria-hidden': 'true' } }),
      make('span', { class: 'name', text: name }),
      notes.length === 0 ? null : make('span', { class: 'quiet', text: notes.join(', ') }),
    );
  });
  setText(element('#here-title'), live ? 'Here now' : 'Here when last seen');
  setText(element('#here'), inLine(people, here?.count ?? 0));
  setText(element('#typing'), live ? typingWords(names) : '');
  element('#nobody').hidden = people.length > 0 || !live || denied;
}

function inLine(people: readonly Person[], count: number): string {
  if (count === 0) return '';
  const named = people.slice(0, namedInLine).map(({ own, name }) => (own ? 'you' : name));
  const more = count - named.length;
  return `${count} here: ${[...named, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`;
}
