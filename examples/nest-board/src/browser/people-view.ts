import type { PresenceSnapshot } from '@rt/client';
import { element, make, setRows, setText } from '@rt/example-ui';
import { nameOf } from '../person.ts';
import { hueOf } from './hue.ts';

/** As many as have a face in the bar. */
const shownFaces = 5;

/** Shows who has the board open; `ownId` is who this browser is. */
export function showPeople({ members, count }: PresenceSnapshot, ownId: string | null): void {
  const faces = members
    .toSorted((one, other) => Number(other.user === ownId) - Number(one.user === ownId))
    .slice(0, shownFaces)
    .map(({ user, connections }) => {
      const tabs = connections > 1 ? `, ${connections} tabs` : '';
      return { key: user, own: user === ownId, name: nameOf(user), words: `${nameOf(user)}${tabs}` };
    });
  setRows(element('#people'), faces, ({ key, own, name, words }) =>
    make('li', {
      class: own ? 'face own' : 'face',
      text: name.slice(0, 1),
      attributes: {
        'data-hue': hueOf(key),
        title: own ? `${words} (you)` : words,
        'aria-label': own ? `${words}, you` : words,
      },
    }),
  );
  setText(element('#here'), count === 0 ? '' : count === 1 ? 'only you' : `${count} here`);
  element('main').dataset['here'] = String(count);
}
