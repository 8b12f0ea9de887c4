import type { Moment } from './journal.ts';
import type { Life } from './life.ts';
import type { ToldItem } from './told.ts';

/** How a stretch of a log was told. */
export interface Run {
  readonly from: number;
  readonly items: readonly ToldItem[];
  /** Up to where it says all there is to say. */
  readonly upTo: number;
  readonly written: Moment;
  /** What the top was when the reader began, if it began at 0: it knows nothing of what was removed by then. */
  readonly since: number;
  /** Up to where something newer about the same subject is told, which makes it needless; 0 for nowhere. */
  readonly conflatedTo: number;
}

/** What is wrong with a run, or `null`: it is in order, to the letter, and leaves out only what may be left out. */
export function runFault(life: Life, run: Run): string | null {
  const { items, upTo, written } = run;
  const top = life.top(written);
  let next = run.from + 1;
  for (const { offset, data } of items) {
    if (offset < next) return `was told ${offset} where ${next} comes next`;
    if (offset > top) return `was told ${offset}, which nobody has stored yet`;
    const missing = firstMissing(life, next, offset - 1, run);
    if (missing !== null) return `was told ${offset} where ${missing} comes next`;
    const stored = life.stored[offset - 1]?.data;
    if (stored !== data) return `was told that ${offset} is ${data}, and it is ${stored}`;
    next = offset + 1;
  }
  if (upTo > top) return `was told up to ${upTo}, and ${top} was the newest`;
  const missing = firstMissing(life, next, upTo, run);
  return missing === null ? null : `was told up to ${upTo}, and never ${missing}`;
}

/** The first of the publications between two offsets that has to be told, or `null`. */
export function firstMissing(
  life: Life,
  from: number,
  upTo: number,
  run: Omit<Run, 'from' | 'items' | 'upTo'>,
): number | null {
  for (let offset = from; offset <= upTo; offset += 1) {
    const stored = life.stored[offset - 1];
    if (stored === undefined) return offset;
    const { next } = stored;
    const superseded =
      next !== null && (life.newestOnly ? next.at.order < run.written.order : next.offset <= run.conflatedTo);
    const unknown = offset <= run.since && life.forgotten(stored, run.written);
    if (!superseded && !unknown) return offset;
  }
  return null;
}
