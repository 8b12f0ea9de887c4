// Measures ours, controls and others, and writes what came of it.
//   pnpm bench [--quick] [--only G1,G4] [--of 'rt express,ws'] [--rounds 5] [--list]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Measured } from '../harness/measured.ts';
import { oldNode } from '../harness/node-20.ts';
import { measure } from '../harness/rounds.ts';
import type { Pace, Scenario } from '../harness/scenario.ts';
import { contestant } from '../harness/contestant.ts';
import { machine } from '../report/machine.ts';
import { writeReport } from '../report/write.ts';
import { scenarios } from '../scenarios/all.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    of: { type: 'string' },
    rounds: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const wanted = values.only?.split(',');
const chosen = scenarios.filter(
  ({ name, goals }) => wanted === undefined || wanted.includes(name) || goals.some(({ id }) => wanted.includes(id)),
);

function list({ name, says, goals, contestants }: Scenario): void {
  const ids = [...new Set(goals.map(({ id }) => id))].join(', ');
  say(`${ids.padEnd(12)} ${name.padEnd(16)} ${says}\n${' '.repeat(30)}${contestants.join(', ')}`);
}

async function run(): Promise<void> {
  const pace: Pace = values.quick
    ? { warmS: 0.5, windowS: 1, quick: true }
    : { warmS: 0.5, windowS: 1.5, quick: false };
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
  const isWhole = !values.quick && wanted === undefined && values.of === undefined;
  const args = process.argv.slice(2).join(' ');
  const command = `pnpm bench${args === '' ? '' : ` ${args}`}`;
  const old = oldNode();
  if (typeof old === 'string') say(old);
  const measured: Measured[] = [];
  const folder = new URL(isWhole ? '../results/' : '../results/partial/', import.meta.url);
  const startedMs = performance.now();
  let goals: readonly string[] = [];
  for (const scenario of chosen) {
    measured.push(...(await measure(scenario, { rounds, pace, of: values.of?.split(',') ?? null, log: say })));
    // What is there already is kept if the rest fails.
    goals = writeReport(folder, { machine: machine(command), rounds, scenarios: chosen, measured });
  }
  say(['', ...goals, ''].join('\n'));
  say(`${Math.round((performance.now() - startedMs) / 1000)} s, in ${fileURLToPath(folder)}`);
  // Whatever of ours was told wrongly makes the numbers worthless.
  const wrong = measured.filter(
    ({ contestant: name, problems }) => contestant(name).role === 'ours' && problems.length > 0,
  );
  for (const { scenario, contestant: name, problems } of wrong) say(`${scenario} ${name}: ${problems[0]}`);
  if (wrong.length > 0) process.exitCode = 1;
}

if (values.list) for (const scenario of chosen) list(scenario);
else if (chosen.length === 0) {
  say(`nothing is called ${values.only}; try --list`);
  process.exitCode = 1;
} else await run();
