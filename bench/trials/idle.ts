import type { Note } from '../harness/measured.ts';
import type { Idle } from '../harness/scenario.ts';
import type { Stand } from '../harness/stand.ts';

/** What a connection costs that is there and told nothing. What the first ones cost belongs to the server. */
export async function idle(stand: Stand, { first, more }: Idle, note: Note): Promise<void> {
  await stand.open([{ connections: first, channels: [0] }]);
  const beforePages = await stand.sample('pages');
  const before = await stand.sample('garbage');
  const elapsedMs = await stand.open([{ connections: more, channels: [0] }]);
  const opened = await stand.sample();
  const after = await stand.sample('garbage');
  const pages = await stand.sample('pages');
  note('idle', {
    rssKiB: (after.rssBytes - before.rssBytes) / more / 1024,
    leastKiB: (pages.rssBytes - beforePages.rssBytes) / more / 1024,
    usedKiB: (after.usedBytes - before.usedBytes) / more / 1024,
    acceptUs: (opened.userUs + opened.systemUs - before.userUs - before.systemUs) / more,
    openedPerSecond: more / (elapsedMs / 1000),
  });
}
