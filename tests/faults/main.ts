// Every fault, many times, with numbers that a seed gives: what readers were told, and for how long nothing was stored.
//   pnpm run faults [--rounds 5] [--seed 1] [--only text]
import { parseArgs } from 'node:util';
import { seededRandom, within } from '@rt/testkit';
import { failoverFaults } from './failover-faults.ts';
import type { Fault, Outcome } from './fault-round.ts';
import { playRound } from './fault-round.ts';
import { serverFaults } from './redis-faults.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
const columns = ['runs', 'losses', 'duplicates', 'gaps', 'wrong gaps', 'lost by Redis', 'longest outage'] as const;
let failures = 0;

/** One round that does not come to its end is a failure like any other. */
async function play(fault: Fault, connect: Fault['clients'][number][1], of: number): Promise<Outcome | null> {
  try {
    return await within('the round to end', playRound(fault, connect, seededRandom(of)), 120_000);
  } catch (cause) {
    failures += 1;
    console.log(`\n${fault.name}, seed ${of}: ${String(cause)}\n`);
    return null;
  }
}

async function report(fault: Fault, [client, connect]: Fault['clients'][number]): Promise<void> {
  const outcomes: Outcome[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const outcome = await play(fault, connect, seed + round);
    if (outcome !== null) outcomes.push(outcome);
  }
  const verdicts = outcomes.flatMap((outcome) => outcome.verdicts);
  const allowed = new Set(fault.gaps.map((gaps) => gaps.join()));
  const wrong = verdicts.filter(({ gaps }) => !allowed.has(gaps.join())).length;
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  const losses = sum(verdicts.map((verdict) => verdict.losses));
  const duplicates = sum(verdicts.map((verdict) => verdict.duplicates));
  failures += losses + duplicates + wrong + outcomes.filter(({ agree }) => !agree).length;
  const cells = [
    `${outcomes.length} of ${rounds}`,
    losses,
    duplicates,
    sum(verdicts.map(({ gaps }) => gaps.length)),
    wrong,
    sum(outcomes.map(({ forgotten }) => forgotten)),
    `${(Math.max(0, ...outcomes.map(({ outageMs }) => outageMs)) / 1000).toFixed(2)} s`,
  ];
  console.log(`| ${[`${fault.name} (${client})`, ...cells].join(' | ')} |`);
}

console.log(
  `Seeds ${seed} to ${seed + rounds - 1}. Each round has three readers, at two nodes and on the way between them.\n`,
);
console.log(`| ${['Fault', ...columns].join(' | ')} |`);
console.log(`| --- |${columns.map(() => ' ---: |').join('')}`);
for (const fault of [...serverFaults, ...failoverFaults].filter(({ name }) => name.includes(values.only))) {
  for (const client of fault.clients) await report(fault, client);
}
console.log(failures === 0 ? '\nNothing went wrong.' : `\n${failures} things went wrong.`);
process.exit(failures === 0 ? 0 : 1);
