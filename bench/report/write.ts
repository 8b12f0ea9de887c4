import { mkdirSync, writeFileSync } from 'node:fs';
import { contestant } from '../harness/contestant.ts';
import type { Measured } from '../harness/measured.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { Bar } from './chart.ts';
import { chart } from './chart.ts';
import { verdicts } from './goals.ts';
import type { Machine } from './machine.ts';
import { Results } from './statistics.ts';
import { goalTable, loadsOf, loadTable } from './tables.ts';

export interface Report {
  readonly machine: Machine;
  readonly rounds: number;
  readonly scenarios: readonly Scenario[];
  readonly measured: readonly Measured[];
}

const charted = {
  'fan-out': { number: 'cpuUs', unit: 'server CPU per delivered message, µs: less is better' },
  idle: { number: 'rssKiB', unit: 'resident memory per connection, KiB: less is better' },
  slow: { number: 'peakMB', unit: 'growth of resident memory at its highest, MB: less is better' },
  resume: { number: 'resumedUs', unit: 'server CPU per client that comes back, µs: less is better' },
  growth: { number: 'lateKiB', unit: 'resident memory of each further connection, KiB: less is better' },
} as const;

/** Writes results.json, README.md and charts into a folder. Returns the goals as they stand in it. */
export function writeReport(folder: URL, report: Report): readonly string[] {
  const results = new Results(report.measured);
  const goals = verdicts(report.scenarios, results);
  mkdirSync(new URL('charts/', folder), { recursive: true });
  const parts = report.scenarios.flatMap((scenario) => scenarioPart(folder, scenario, results));
  const goalLines = goalTable(goals);
  const text = ['# Results', '', ...head(report), '', '## Goals', '', ...goalLines, '', ...parts, ...problems(report)];
  writeFileSync(new URL('README.md', folder), `${text.join('\n').trimEnd()}\n`);
  const told = goals.map(({ goal, scenario, worst, met }) => ({ scenario, ...goal, worst, met }));
  const { machine, rounds, measured } = report;
  writeFileSync(
    new URL('results.json', folder),
    `${JSON.stringify({ machine, rounds, goals: told, measured }, null, 1)}\n`,
  );
  return goalLines;
}

function head({ machine, rounds }: Report): readonly string[] {
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  return [
    `Made by \`${machine.command}\` on ${machine.measuredAt.slice(0, 10)}, commit ${machine.commit}: medians of ${rounds} rounds`,
    'with their range, ratios to the control in the same round. How it is measured: [bench/README.md](../README.md).',
    '',
    `- ${machine.cores} cores, ${machine.cpu}, ${machine.memoryGB} GB, ${machine.system}; server and clients ${machine.pinned ? 'each on a core of its own' : 'not pinned'}`,
    `- Node ${machine.node}; ${packages.join(', ')}`,
    `- uWebSockets.js: ${machine.uWebSockets}`,
  ];
}

function scenarioPart(folder: URL, scenario: Scenario, results: Results): readonly string[] {
  const lines = [`## ${scenario.name}`, '', `${scenario.says[0]?.toUpperCase()}${scenario.says.slice(1)}.`, ''];
  for (const load of loadsOf(scenario)) {
    const { number, unit } = charted[scenario.course.type];
    const bars = scenario.contestants.flatMap((name): readonly Bar[] => {
      const found = results.number(scenario.name, load, name, number);
      if (found === null) return [];
      return [{ name, role: contestant(name).role, value: found.median, least: found.least, most: found.most }];
    });
    if (bars.length === 0) continue;
    const isOnly = loadsOf(scenario).length === 1;
    const title = isOnly ? scenario.name : `${scenario.name}, ${load}`;
    const file = `charts/${title.replaceAll(/[^a-z0-9]+/g, '-')}.svg`;
    writeFileSync(new URL(file, folder), chart(title, unit, bars));
    if (!isOnly) lines.push(`### ${load[0]?.toUpperCase()}${load.slice(1)}`, '');
    lines.push(`![${title}](${file})`, '', ...loadTable(scenario, load, results), '');
  }
  return lines;
}

function problems({ measured }: Report): readonly string[] {
  const lines = measured.flatMap(({ scenario, load, contestant: name, round, problems: all }) =>
    all.slice(0, 2).map((each) => `- ${scenario}, ${load}, ${name}, round ${round + 1}: ${each.split('\n', 1)[0]}`),
  );
  return lines.length === 0 ? [] : ['## What went wrong', '', ...lines];
}
