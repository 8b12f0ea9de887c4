import { contestant as contestantOf } from '../harness/contestant.ts';
import type { Scenario } from '../harness/scenario.ts';
import { short } from './chart.ts';
import type { Verdict } from './goals.ts';
import type { Results, Spread } from './statistics.ts';

interface Column {
  readonly head: string;
  readonly number: string;
}

const columns: Readonly<Record<Scenario['course']['type'], readonly Column[]>> = {
  'fan-out': [
    { head: 'server CPU µs/message', number: 'cpuUs' },
    { head: 'of it user', number: 'userUs' },
    { head: 'messages/s', number: 'perSecond' },
    { head: 'p50 ms', number: 'p50Ms' },
    { head: 'p99 ms', number: 'p99Ms' },
    { head: 'bytes/message', number: 'bytesPerMessage' },
    { head: 'clients’ CPU', number: 'loadShare' },
  ],
  idle: [
    { head: 'RSS KiB/connection', number: 'rssKiB' },
    { head: 'with no page too many', number: 'leastKiB' },
    { head: 'in use', number: 'usedKiB' },
    { head: 'CPU µs to accept', number: 'acceptUs' },
    { head: 'accepted/s', number: 'openedPerSecond' },
  ],
  slow: [
    { head: 'RSS grown, MB', number: 'grownMB' },
    { head: 'at its highest', number: 'peakMB' },
    { head: 'in use', number: 'usedMB' },
    { head: 'published/s', number: 'publishedPerSecond' },
    { head: 'others’ p99 ms', number: 'p99Ms' },
    { head: 'and before', number: 'quietP99Ms' },
    { head: 'others not complete', number: 'othersIncomplete' },
  ],
  resume: [
    { head: 'CPU µs/client, first time', number: 'freshUs' },
    { head: 'coming back', number: 'resumedUs' },
    { head: 'ratio', number: 'ratio' },
    { head: 'reads/channel', number: 'readsPerChannel' },
    { head: 'clients/s', number: 'resumedPerSecond' },
  ],
  growth: [
    { head: 'connections', number: 'connections' },
    { head: 'RSS MB', number: 'rssMB' },
    { head: 'KiB each, early', number: 'earlyKiB' },
    { head: 'KiB each, late', number: 'lateKiB' },
    { head: 'lost', number: 'lost' },
    { head: 'p99 ms', number: 'p99Ms' },
  ],
};

/** The loads of a scenario, by the names under which they are taken down. */
export function loadsOf({ course }: Scenario): readonly string[] {
  return course.type === 'fan-out' ? course.loads.map(({ name }) => name) : [course.type];
}

/** Everybody under one load, with the ratio to the control in the same round. */
export function loadTable(scenario: Scenario, load: string, results: Results): readonly string[] {
  const { course, control, contestants, name } = scenario;
  const own = columns[course.type];
  const [main = { head: '', number: '' }, ...others] = own;
  const rows = contestants.flatMap((who) => {
    const number = (of: string): Spread | null => results.number(name, load, who, of);
    const first = number(main.number);
    if (first === null) return [];
    const ratio = results.ratio(name, load, [who, control], main.number);
    const cells = others.map((column) => short(number(column.number)?.median ?? Number.NaN));
    const called = contestantOf(who).role === 'ours' ? `**${who}**` : who;
    return [[called, ranged(first), ratio === null ? '–' : ranged(ratio), ...cells]];
  });
  const heads = ['', main.head, `by ${control}`, ...others.map(({ head }) => head)];
  return table(heads, rows);
}

export function goalTable(all: readonly Verdict[]): readonly string[] {
  const rows = all.map(({ goal, worst, met, missedBy }) => {
    const wanted = goal.atMost === undefined ? `≥ ${short(goal.atLeast ?? 0)}` : `≤ ${short(goal.atMost)}`;
    if (worst === null) return [goal.id, goal.says, wanted, '–', '', 'not measured'];
    const said = met ? 'met' : `**missed** by ${missedBy}`;
    return [goal.id, goal.says, wanted, ranged(worst.spread), goal.of.length > 1 ? worst.contestant : '', said];
  });
  return table(['', 'goal', 'wanted', 'measured', 'the worst of ours', ''], rows);
}

function ranged({ median, least, most, rounds }: Spread): string {
  return rounds === 1 ? short(median) : `${short(median)} (${short(least)}–${short(most)})`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)];
}
