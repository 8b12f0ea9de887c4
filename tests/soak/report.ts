import { cpus } from 'node:os';
import { megabytes } from './inventory.ts';
import type { Outcome, Sample, SoakOptions } from './soak.ts';

const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [row(...head), row(...head.map((_, n) => (n === 0 ? '---' : '---:'))), ...rows.map((cells) => row(...cells))].join(
    '\n',
  );

/** By how much the heap grows in a minute: the slope of a line through the later half of the samples. */
function slopeKb(samples: readonly Sample[]): string {
  const later = samples.slice(Math.floor(samples.length / 2));
  if (later.length < 3) return 'too few samples';
  const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const [atS, bytes] = [later.map((one) => one.atS), later.map(({ inventory }) => inventory.heapBytes)];
  const [meanS, meanBytes] = [mean(atS), mean(bytes)];
  const along = atS.reduce((sum, s, n) => sum + (s - meanS) * ((bytes[n] ?? 0) - meanBytes), 0);
  const across = atS.reduce((sum, s) => sum + (s - meanS) ** 2, 0);
  return ((along / across) * 0.06).toFixed(0);
}

/** The whole outcome in Markdown. */
export function reportOf(
  { seed, nodes, lives, warmUpMs, runMs, margin }: SoakOptions,
  { book, stored, told, did, samples, verdicts, mostBehind, keys }: Outcome,
  command: string,
): string {
  const wrong = (kind: keyof typeof book.wrongs): number => book.wrongs[kind] ?? 0;
  const processes = [...new Set(samples.map((one) => one.process))];
  const of = (process: string): readonly Sample[] => samples.filter((one) => one.process === process);
  const memory = (one: Sample | undefined): string =>
    one === undefined ? 'away' : `${megabytes(one.inventory.heapBytes)} / ${one.inventory.counts['descriptors']}`;
  const times = [...new Set(samples.map((one) => one.atS))];
  const back = verdicts.filter((one) => one.notBack.length === 0).length;
  return `# Report of a soak

\`${command}\`, on ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.versions.node}. What is done
and what the words mean is in [Soak and load](soak.md).

**${book.failures === 0 ? 'Nothing was lost, told twice or left behind.' : `${book.failures} things went wrong.`}** ${nodes} nodes that stay and
one that comes and goes, over one Redis; ${lives} clients at a time; ${(runMs / 60_000).toFixed(1)} minutes after a warm-up of ${(warmUpMs / 1000).toFixed(0)} s; seed ${seed}.

## What readers were told

${table(
  ['What', 'Times'],
  [
    ['publications that were stored', stored],
    ['publications that readers were told', told],
    ['lost', wrong('lost')],
    ['told twice', wrong('duplicate')],
    ['out of order', wrong('out of order')],
    ['gaps', wrong('gap')],
    ['ghosts', wrong('ghost')],
    ['members that were missing', wrong('missing member')],
    ['refused, or never answered', wrong('refused')],
    ['not back at the start', wrong('not back')],
  ],
)}

At most ${mostBehind} subscriptions were behind at a time, as their readers had stopped. Keys of Redis that do not go by
themselves: ${keys.end}, and ${keys.start} at the start.

## What happened

${table(
  ['What', 'Times'],
  [...did].toSorted(([a], [b]) => a.localeCompare(b)).map(([what, times]) => [what, Math.round(times)]),
)}

## Back at the start

${back} of ${verdicts.length} processes are. Start is after the warm-up, end after the run, both when all clients have gone and everything has
become quiet, after a collection. Memory may be ${margin.share * 100} % and ${megabytes(margin.bytes)} MB more, and all else no more at all.

${table(
  [
    'Process',
    'Heap, MB',
    'External, MB',
    'Descriptors',
    'Listeners',
    'Active resources',
    'Timers of the hub',
    'Not back',
  ],
  verdicts.map(({ process, start, end, notBack }) => {
    const two = (read: (one: typeof start) => string | number): string => `${read(start)} → ${read(end)}`;
    return [
      process,
      two(({ heapBytes }) => megabytes(heapBytes)),
      two(({ externalBytes }) => megabytes(externalBytes)),
      two(({ counts }) => counts['descriptors'] ?? 0),
      two(
        ({ counts }) => (counts['listeners on the process'] ?? 0) + (counts['listeners on sockets and servers'] ?? 0),
      ),
      two(({ counts }) => resourcesIn(counts)),
      two(({ counts }) => counts['timers of the hub'] ?? 'none'),
      notBack.join('; ') || 'nothing',
    ];
  }),
)}

## On the way

Heap in MB after a collection / descriptors, with everybody there. Logs grow until they hold all that is kept of them, which
is two minutes here.

${table(
  ['Second', ...processes],
  times.map((atS) => [
    atS.toFixed(0),
    ...processes.map((process) => memory(of(process).find((one) => one.atS === atS))),
  ]),
)}

${table(
  ['Slope of the heap in the later half', 'kB a minute'],
  processes.map((process) => [process, slopeKb(of(process))]),
)}
${book.examples.length === 0 ? '' : `\n## What went wrong\n\n${book.examples.map((example) => `- ${example.slice(0, 600)}`).join('\n')}\n`}`;
}

/** Whatever keeps a process alive: timers, sockets, servers, pipes. */
function resourcesIn(counts: Readonly<Record<string, number>>): number {
  const own = new Set(['descriptors', 'connections', 'subscriptions', 'bytes that wait', 'timers of the hub']);
  return Object.entries(counts)
    .filter(([name]) => !own.has(name) && !name.startsWith('listeners'))
    .reduce((sum, [, count]) => sum + count, 0);
}
