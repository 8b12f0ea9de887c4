// Whether ours has become slower: user CPU by that of the raw net loop, in the same round, with margins for a busy machine.
//   pnpm bench:gate [--rounds 3]
import { parseArgs } from 'node:util';
import type { Measured } from '../harness/measured.ts';
import { measure } from '../harness/rounds.ts';
import { Results } from '../report/statistics.ts';
import type { Scenario } from '../harness/scenario.ts';
import { streamFanOut, webSocketFanOut } from '../scenarios/fan-out.ts';
import { tokenStreams } from '../scenarios/token-streams.ts';

/** The most that each load may take: two to four times what it takes, since user time is counted in ticks. */
interface Bound {
  readonly scenario: Scenario;
  readonly load: string;
  readonly contestant: string;
  readonly atMost: number;
}

const bounds: readonly Bound[] = [
  { scenario: webSocketFanOut, load: 'saturated', contestant: 'rt express', atMost: 1.5 },
  { scenario: webSocketFanOut, load: 'bursts of 20', contestant: 'rt express', atMost: 0.12 },
  { scenario: streamFanOut, load: 'saturated', contestant: 'rt express sse', atMost: 1.5 },
  { scenario: streamFanOut, load: 'bursts of 20', contestant: 'rt express sse', atMost: 0.15 },
  { scenario: tokenStreams, load: 'each', contestant: 'rt express', atMost: 8 },
];

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const pace = { warmS: 0.4, windowS: 0.5, quick: true };

/** Only what is bounded, and the control. */
function reduced(scenario: Scenario): Scenario {
  const own = bounds.filter((bound) => bound.scenario === scenario);
  const quick = [scenario.control, ...new Set(own.map(({ contestant }) => contestant))];
  const { course } = scenario;
  if (course.type !== 'fan-out') return { ...scenario, quick };
  const loads = course.loads.filter(({ name }) => own.some(({ load }) => load === name));
  return { ...scenario, quick, course: { ...course, loads } };
}

const measured: Measured[] = [];
for (const scenario of new Set(bounds.map((bound) => bound.scenario))) {
  measured.push(...(await measure(reduced(scenario), { rounds: Number(values.rounds), pace, of: null, log: say })));
}
const results = new Results(measured);
let failed = 0;
for (const { scenario, load, contestant, atMost } of bounds) {
  const ratio = results.ratio(scenario.name, load, [contestant, scenario.control], 'userUs');
  const isMet = ratio !== null && ratio.median <= atMost;
  if (!isMet) failed += 1;
  const told =
    ratio === null
      ? 'not measured'
      : `${ratio.median.toFixed(3)} (${ratio.least.toFixed(3)} to ${ratio.most.toFixed(3)})`;
  say(
    `${isMet ? 'ok    ' : 'failed'}  ${scenario.name}, ${load}, ${contestant}: user CPU ${told} of ${scenario.control}, at most ${atMost}`,
  );
}
for (const { scenario, contestant, load, problems } of measured) {
  if (problems.length === 0) continue;
  failed += 1;
  say(`failed  ${scenario}, ${load}, ${contestant}: ${problems[0]}`);
}
say(`bench: ${bounds.length - failed} of ${bounds.length} bounds hold`);
if (failed > 0) process.exitCode = 1;
