import { costs } from '../harness/measured.ts';
import type { Note } from '../harness/measured.ts';
import type { FanOut, Pace } from '../harness/scenario.ts';
import type { Stand } from '../harness/stand.ts';

/** Puts one load after the other on connections that stay: from quiet to quiet. */
export async function fanOut(stand: Stand, course: FanOut, { warmS, windowS }: Pace, note: Note): Promise<void> {
  await stand.open(course.groups, { members: course.members });
  // What opening them has left behind is not of what they are told.
  await stand.sample('garbage');
  for (const { name, traffic, warm = traffic, windows = 1, drainWithinMs = 20_000 } of course.loads) {
    await stand.begin(warm);
    await stand.seen(await stand.publish(warm, warmS), 20_000);
    await stand.begin(traffic);
    await stand.profile();
    const before = await stand.sample();
    const publishedS = windowS * windows;
    const counts = await stand.publish(traffic, publishedS);
    const seen = await stand.seen(counts, drainWithinMs);
    const after = await stand.sample();
    await stand.profile();
    const published = counts.reduce((sum, count) => sum + count, 0);
    const late = `${seen.incomplete} connections have not got all within ${drainWithinMs} ms`;
    const numbers = costs({ before, after, seen, published, publishedS });
    note(name, numbers, seen.incomplete > 0 ? [...seen.problems, late] : seen.problems);
    // What is left over would be counted with the next load.
    if (seen.incomplete > 0) return;
  }
}
