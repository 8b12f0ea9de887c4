import type { Note } from '../harness/measured.ts';
import type { Slow } from '../harness/scenario.ts';
import type { Stand } from '../harness/stand.ts';

const megabyte = 1_000_000;

/** What readers cost that have stopped, and whether the others notice. */
export async function slow(stand: Stand, course: Slow, note: Note): Promise<void> {
  const channels = [0];
  await stand.open([
    { connections: course.slow, channels },
    { connections: course.others, channels },
  ]);
  const traffic = { type: 'schedule', streams: [{ channel: 0, perSecond: course.perSecond }] } as const;
  // As long as what is measured: what garbage takes is there already then.
  await stand.begin(traffic);
  const quiet = await stand.seen(await stand.publish(traffic, course.seconds), 10_000);
  const before = await stand.sample('pages');
  await stand.pause(course.slow);
  await stand.begin(traffic);
  const counts = await stand.publish(traffic, course.seconds);
  const after = await stand.sample();
  const kept = await stand.sample('pages');
  const seen = await stand.seen(counts, 3000);
  const othersIncomplete = Math.max(0, seen.incomplete - course.slow);
  const problems = othersIncomplete > 0 ? [`${othersIncomplete} of those who read have not got all`] : [];
  const published = counts.reduce((sum, count) => sum + count, 0);
  note(
    'slow',
    {
      grownMB: (kept.rssBytes - before.rssBytes) / megabyte,
      peakMB: (after.peakRssBytes - before.rssBytes) / megabyte,
      usedMB: (kept.usedBytes - before.usedBytes) / megabyte,
      othersIncomplete,
      publishedPerSecond: published / course.seconds,
      p99Ms: seen.latency[1]?.p99Ms ?? 0,
      quietP99Ms: quiet.latency[1]?.p99Ms ?? 0,
    },
    problems,
  );
}
