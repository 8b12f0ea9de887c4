import type { Note } from '../harness/measured.ts';
import type { Growth } from '../harness/scenario.ts';
import type { Stand } from '../harness/stand.ts';

/** What each further connection costs, while all are told things. */
export async function growth(stand: Stand, { steps, perSecond }: Growth, note: Note): Promise<void> {
  const traffic = { type: 'schedule', streams: [{ channel: 0, perSecond }] } as const;
  const rssBytes: number[] = [];
  const problems: string[] = [];
  let [open, lost, incomplete, p99Ms] = [0, 0, 0, 0];
  for (const step of steps) {
    await stand.open([{ connections: step - open, channels: [0] }]);
    open = step;
    await stand.begin(traffic);
    const seen = await stand.seen(await stand.publish(traffic, 5), 20_000);
    problems.push(...seen.problems);
    ({ lost } = seen);
    incomplete += seen.incomplete;
    p99Ms = Math.max(...seen.latency.map((each) => each.p99Ms));
    rssBytes.push((await stand.sample('garbage')).rssBytes);
  }
  const [least = 0, middle = 0, most = 0] = steps;
  const [first = 0, second = 0, third = 0] = rssBytes;
  const early = (second - first) / (middle - least) / 1024;
  const late = (third - second) / (most - middle) / 1024;
  note(
    'growth',
    {
      connections: open,
      rssMB: third / 1e6,
      earlyKiB: early,
      lateKiB: late,
      slope: late / early,
      lost,
      incomplete,
      p99Ms,
    },
    [...new Set(problems)],
  );
}
