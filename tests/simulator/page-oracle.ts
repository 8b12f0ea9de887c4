import { formatPosition, parsePosition } from '@rt/protocol';
import type { Life } from './life.ts';
import { runFault } from './run-check.ts';
import type { Told } from './told.ts';

type Page = Extract<Told, { readonly type: 'page' }>;

/** What is wrong with a page, or `null`. It is of some moment between the question and the answer. */
export function pageFault(life: Life, page: Page, conflates: boolean): string | null {
  const { floor, earliest, written } = page;
  if (floor.offset < life.floor(earliest) || floor.offset > life.floor(written)) {
    return `was told the floor ${floor.offset}, and it was ${life.floor(earliest)} to ${life.floor(written)}`;
  }
  return life.newestOnly || conflates ? skippingFault(life, page) : denseFault(life, page);
}

function denseFault(life: Life, { start, earliest: asked, written, limit, position, items, gap }: Page): string | null {
  const begin = position.offset - items.length;
  if (items.length > limit) return `asked for ${limit} and was given ${items.length}`;
  const run = { from: begin, items, upTo: position.offset, written, since: 0, conflatedTo: 0 };
  const fault = runFault(life, run);
  if (fault !== null) return fault;
  const lowest = Math.max(0, life.floor(asked));
  if (gap !== null) {
    // One that begins at no place waits from a place of the moment when it was asked: that may be gone as well.
    const after = start.type === 'after' ? start.position : parsePosition(gap.after);
    if (after === null) return `was told a gap after ${gap.after}`;
    const reason = after.epoch !== life.epoch ? 'epoch_changed' : after.offset > begin ? 'ahead' : 'trimmed';
    const expected = `${reason} after ${formatPosition(after.epoch, after.offset)} up to ${life.epoch}.${begin}`;
    const told = `${gap.reason} after ${gap.after} up to ${gap.position}`;
    if (told !== expected) return `was told ${told}; the truth is ${expected}`;
    if (reason === 'ahead' ? begin < life.top(asked) : begin > life.floor(written) || begin < lowest)
      return `was sent on from ${begin} by a gap, ${reason}`;
    return reason === 'trimmed' && begin === after.offset ? 'was told a gap of nothing' : null;
  }
  if (start.type === 'after') {
    const { epoch, offset } = start.position;
    return epoch === life.epoch && offset === begin
      ? null
      : `asked after ${epoch}.${offset}, and was given a page after ${begin} without a gap`;
  }
  const [first, last] = [life.verdict(start, asked).offset, life.verdict(start, written).offset];
  return begin < first || begin > last ? `was given a page after ${begin}, not ${first} to ${last}` : null;
}

/** One of a channel that leaves out what was superseded: where it begins cannot be seen in all cases. */
function skippingFault(life: Life, page: Page): string | null {
  const { start, earliest: asked, written, limit, position, items, gap } = page;
  const floor = life.floor(written);
  // A page of a state leads to its floor at least.
  if (items.length > limit && (!life.newestOnly || (items[limit]?.offset ?? 0) > floor))
    return `asked for ${limit} and was given ${items.length}`;
  const place = gap === null ? null : parsePosition(gap.position);
  const bottom = life.newestOnly && start.type === 'start' ? { epoch: life.epoch, offset: 0 } : null;
  const begin = place ?? (start.type === 'after' ? start.position : bottom);
  if (begin !== null && begin.epoch !== life.epoch) return `was given a page of ${life.epoch} after ${begin.epoch}`;
  const from = begin?.offset ?? (items[0] === undefined ? position.offset : items[0].offset - 1);
  const top = life.top(written);
  const since = life.newestOnly && from === 0 ? top : 0;
  // A page may end between what is left out and what supersedes it.
  const run = { from, items, upTo: position.offset, written, since, conflatedTo: top };
  const fault = runFault(life, run);
  if (fault !== null || gap === null) return fault;
  const after = start.type === 'after' ? start.position : parsePosition(gap.after);
  const moments = [asked, ...life.momentsBetween(asked, written), written];
  const verdicts = moments.map((moment) =>
    after === null ? null : life.verdict({ type: 'after', position: after }, moment),
  );
  return verdicts.some((verdict) => verdict?.gap === gap.reason && verdict.offset <= from)
    ? null
    : `was told a gap, ${gap.reason} after ${gap.after} up to ${gap.position}, and that was never so`;
}
