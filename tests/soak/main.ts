// Everything at once, for a long time: what was lost, told twice or left behind, and whether each process comes back to
// what it had at the start.
//   pnpm soak [--minutes 60] [--seed N] [--nodes 2] [--lives 24] [--warm-up 60] [--report docs/internals/soak-report.md]
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { reportOf } from './report.ts';
import { soak } from './soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    nodes: { type: 'string', default: '2' },
    lives: { type: 'string', default: '24' },
    /** For how many seconds the same is done before it counts. */
    'warm-up': { type: 'string', default: '60' },
    report: { type: 'string', default: 'docs/internals/soak-report.md' },
  },
});
const [minutes, seed, nodes, lives] = [values.minutes, values.seed, values.nodes, values.lives].map(Number) as [
  number,
  number,
  number,
  number,
];
const warmUpS = Number(values['warm-up']);
const startedMs = Date.now();
const options = {
  seed,
  nodes,
  lives,
  warmUpMs: warmUpS * 1000,
  runMs: minutes * 60_000,
  sampleEveryMs: 60_000,
  margin: { share: 0.1, bytes: 3_000_000 },
  progress: (line: string) => console.log(`[${((Date.now() - startedMs) / 1000).toFixed(0)} s] ${line}`),
};
console.log(`Seed ${seed}.`);
const outcome = await soak(options);
const report = reportOf(
  options,
  outcome,
  `pnpm soak --minutes ${minutes} --seed ${seed} --nodes ${nodes} --lives ${lives} --warm-up ${warmUpS}`,
);
writeFileSync(values.report, report);
// As all pages are written.
execFileSync('oxfmt', [values.report], { stdio: 'inherit' });
console.log(`\n${report}`);
process.exitCode = outcome.book.failures === 0 ? 0 : 1;
