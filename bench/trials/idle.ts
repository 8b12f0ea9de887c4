import type { Note } from '../harness/measured.ts';
import type { Idle } from '../harness/scenario.ts';
import type { Stand } from '../harness/stand.ts';

/** What a connection costs that is there and told nothing. What the first ones cost belongs to the server. */
export async function idle(stand: Stand, { first, more }: Idle, note: Note): Promise<void> {
  const channels = [0];
  await stand.open([{ connections: first, channels }]);
  const before = await stand.sample('garbage');
  const elapsedMs = await stand.open([{ connections: more, channels }]);
  const opened = await stand.sample();
  const after = await stand.sample('garbage');
  // Only then: a heap that has given its pages back has to take them again, which would count as the connections'.
  const pagesBefore = await stand.sample('pages');
  const last = Math.round(more / 4);
  await stand.open([{ connections: last, channels }]);
  const pagesAfter = await stand.sample('pages');
  note('idle', {
    rssKiB: (after.rssBytes - before.rssBytes) / more / 1024,
    leastKiB: (pagesAfter.rssBytes - pagesBefore.rssBytes) / last / 1024,
    usedKiB: (after.usedBytes - before.usedBytes) / more / 1024,
    acceptUs: (opened.userUs + opened.systemUs - before.userUs - before.systemUs) / more,
    openedPerSecond: more / (elapsedMs / 1000),
  });
}
