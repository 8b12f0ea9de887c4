import { eventually } from '../support/eventually.ts';
import type { Stage } from './stage.ts';
import type { Watch } from './watch.ts';

/** How long a reader may take until it has come to what was there when it became quiet, on a machine that is busy. */
const catchUpMs = 90_000;

/** Whether a reader that nothing happens to any more is told all that there is. What it is not told is lost. */
export async function checkAllTold({ book }: Stage, watches: readonly Watch[]): Promise<void> {
  for (const watch of watches) {
    const top = book.top(watch.channel);
    const told = (): boolean => watch.reached(top);
    await eventually('all that is there is told', told, catchUpMs).catch(() =>
      book.note('lost', `${watch.who}: ${watch.channel} stays at ${watch.place}, and there is ${top}`),
    );
  }
}
