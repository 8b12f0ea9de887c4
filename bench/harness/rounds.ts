import { trial } from '../trials/trial.ts';
import { contestant } from './contestant.ts';
import type { Measured } from './measured.ts';
import { oldNode } from './node-20.ts';
import type { Pace, Scenario } from './scenario.ts';

export interface RoundOptions {
  readonly rounds: number;
  readonly pace: Pace;
  /** The only contestants that are wanted, or `null` for all. */
  readonly of: readonly string[] | null;
  readonly log: (line: string) => void;
}

/** Those who can run here. */
function present({ contestants, quick }: Scenario, { pace, of }: RoundOptions): readonly string[] {
  const names = of === null ? (pace.quick ? quick : contestants) : contestants.filter((name) => of.includes(name));
  return names.filter((name) => !contestant(name).old || typeof oldNode() !== 'string');
}

/** Measures a scenario: all contestants one after the other, and in the other direction in every second round. */
export async function measure(scenario: Scenario, options: RoundOptions): Promise<readonly Measured[]> {
  const { rounds, pace, log } = options;
  const course = pace.quick ? (scenario.quickCourse ?? scenario.course) : scenario.course;
  const all: Measured[] = [];
  const names = present(scenario, options);
  for (let round = 0; round < Math.min(rounds, scenario.mostRounds ?? rounds); round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const add = (load: string, numbers: Measured['numbers'], problems: readonly string[] = []): void => {
        all.push({ scenario: scenario.name, load, contestant: name, round, numbers, problems });
        log(`${scenario.name} ${round + 1}  ${name.padEnd(20)} ${load.padEnd(14)} ${brief(numbers)}${told(problems)}`);
      };
      try {
        await trial({ scenario, course, contestant: contestant(name), pace }, add);
      } catch (cause) {
        const problem = cause instanceof Error ? cause.message : String(cause);
        add('failed', {}, [problem]);
      }
    }
  }
  return all;
}

function told(problems: readonly string[]): string {
  return problems.length === 0 ? '' : `\n    ${problems.slice(0, 3).join('\n    ')}`;
}

const briefly = [
  'cpuUs',
  'userUs',
  'perSecond',
  'p50Ms',
  'p99Ms',
  'p99Ms1',
  'publishedPerSecond',
  'serverShare',
  'loadShare',
];

function brief(numbers: Measured['numbers']): string {
  const names = numbers['cpuUs'] === undefined ? Object.keys(numbers) : briefly.filter((name) => name in numbers);
  return names.map((name) => `${name} ${Number((numbers[name] ?? 0).toPrecision(3))}`).join('  ');
}
