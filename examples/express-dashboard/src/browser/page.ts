import type { Traffic } from '@rt/example-ui';
import { element, explainGap, setText } from '@rt/example-ui';
import { formatPosition } from '@rt/protocol';
import type { Viewers } from './feed.ts';
import { panels } from './panels.ts';
import { unknown } from './quantity.ts';
import type { Sample } from './sample.ts';
import type { TrackFacts } from './track.ts';

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const counted = new Intl.NumberFormat('en');

/** As many viewers as are named, and not only counted. */
const shownViewers = 4;

const main = element('main');
export const plots = element('#panels');
export const cutButton = element('#cut');
export const transportSelect = element<HTMLSelectElement>('#transport');

export function showFacts(facts: TrackFacts, caughtUp: number, gapReason: string | null): void {
  const { first, last, count, missing, earlier } = facts;
  Object.assign(main.dataset, {
    first: first?.offset ?? '',
    last: last?.offset ?? '',
    count,
    missing,
    epoch: last?.epoch ?? '',
    gap: gapReason ?? '',
    caughtUp,
  });
  fact('offsets', first && last ? `${first.offset} to ${last.offset}` : 'none yet');
  fact('points', `${counted.format(count)}${earlier === 0 ? '' : `, ${counted.format(earlier)} of an earlier log`}`);
  fact('holes', missing === 0 ? 'no hole' : `${counted.format(missing)} missing`);
  fact('position', last ? formatPosition(last.epoch, last.offset) : 'none yet');
  fact('gap', gapReason === null ? '' : `${gapReason}, ${explainGap(gapReason)}`);
  element('[data-fact="holes"]').classList.toggle('trouble', missing > 0);
  element('#gap').hidden = gapReason === null;
}

/** Who looks at the page; `ownId` is the viewer that this browser is. */
export function showViewers({ count, connections, members }: Viewers, ownId: string): void {
  Object.assign(main.dataset, { viewers: count, tabs: connections });
  const tabs = connections > count ? ` in ${counted.format(connections)} tabs` : '';
  setText(element('#viewers'), count === 0 ? '' : `${counted.format(count)} watching${tabs}`);
  const named = members
    .toSorted((one, other) => Number(other.user === ownId) - Number(one.user === ownId))
    .slice(0, shownViewers)
    .map(({ user, state, connections: own }) => {
      return `${user === ownId ? 'you' : state.on}${own > 1 ? ` (${own} tabs)` : ''}`;
    });
  const more = count - named.length;
  const all = [...named, ...(more > 0 ? [`${counted.format(more)} more`] : [])];
  fact('viewers', all.length === 0 ? 'nobody is told over polling' : all.join(', '));
}

/** What went over the transport that is used. */
export function showTraffic({ messages, bytesIn, bytesOut, requests }: Traffic & { readonly messages: number }): void {
  fact(
    'traffic',
    `${counted.format(messages)} messages, ${bytes(bytesIn)} in, ${bytes(bytesOut)} out, ${counted.format(requests)} ${requests === 1 ? 'request' : 'requests'}`,
  );
}

function bytes(count: number): string {
  return count < 1000 ? `${count} B` : `${(count / 1000).toFixed(1)} kB`;
}

/** The figures of a sample; with `atMs` it is one that the cursor is on. */
export function showFigures(sample: Sample | null, pointed: boolean): void {
  for (const { lines, told } of panels) {
    for (const figure of [...lines, ...told]) {
      const value = sample === null ? null : figure.value(sample);
      const { number, unit } = value === null ? unknown : figure.quantity(value);
      setText(element(`[data-figure="${figure.name}"] .number`), number);
      setText(element(`[data-figure="${figure.name}"] .unit`), unit);
    }
  }
  for (const at of document.querySelectorAll<HTMLElement>('.at')) {
    setText(at, sample !== null && pointed ? time.format(sample.atMs) : '');
  }
  if (sample === null) return;
  setText(element('#host'), `on ${sample.host}`);
  setText(element('#cores'), `of ${sample.cores} ${sample.cores === 1 ? 'core' : 'cores'}`);
}

function fact(name: string, text: string): void {
  setText(element(`[data-fact="${name}"]`), text);
}
