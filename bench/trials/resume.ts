import type { Contestant } from '../harness/contestant.ts';
import type { Note } from '../harness/measured.ts';
import type { Resume } from '../harness/scenario.ts';
import type { Stand } from '../harness/stand.ts';
import { startServer } from '../harness/stand.ts';
import type { Group, Sample, Setup } from '../harness/traffic.ts';

const usedUs = (from: Sample, to: Sample): number => to.userUs + to.systemUs - from.userUs - from.systemUs;

/** What a client costs that comes back to publications which it has missed, beside one that comes for the first time. */
export async function resume(
  stand: Stand,
  { clients, channels, publications }: Resume,
  from: { readonly contestant: Contestant; readonly setup: Setup },
  note: Note,
): Promise<void> {
  const groups = Array.from({ length: channels }, (_, n): Group => ({
    connections: clients / channels,
    channels: [n],
  }));
  const each = { type: 'each', channels, count: publications } as const;
  const cold = await stand.sample();
  await stand.open(groups);
  const fresh = await stand.sample();
  await stand.crash();

  // Somebody publishes while nobody serves.
  const { server: publisher } = await startServer(from.contestant, from.setup);
  const { counts } = await publisher.ask({ type: 'publish', traffic: each, seconds: 0 }, 'published');
  await publisher.kill();

  await stand.restart();
  await stand.begin(each);
  const before = await stand.sample();
  const elapsedMs = await stand.open([], { resume: true });
  const seen = await stand.seen(counts, 60_000);
  const after = await stand.sample();
  const incomplete = seen.incomplete > 0 ? [`${seen.incomplete} clients have not got all`] : [];
  note(
    'resume',
    {
      freshUs: usedUs(cold, fresh) / clients,
      resumedUs: usedUs(before, after) / clients,
      ratio: usedUs(before, after) / usedUs(cold, fresh),
      readsPerChannel: (after.reads - before.reads) / channels,
      messages: seen.messages,
      resumedPerSecond: clients / (elapsedMs / 1000),
      incomplete: seen.incomplete,
    },
    [...seen.problems, ...incomplete],
  );
}
