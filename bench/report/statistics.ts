import type { Measured } from '../harness/measured.ts';
import type { Goal, Scenario } from '../harness/scenario.ts';

/** A number over all rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
}

function spread(values: readonly number[]): Spread | null {
  const sorted = values.filter(Number.isFinite).toSorted((one, other) => one - other);
  const { length } = sorted;
  if (length === 0) return null;
  const [low = 0, high = 0] = [sorted[Math.floor((length - 1) / 2)], sorted[Math.floor(length / 2)]];
  return { median: (low + high) / 2, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0, rounds: length };
}

/** What was measured of some contestants, to be looked up. */
export class Results {
  readonly #numbers = new Map<string, Measured['numbers']>();
  readonly #rounds: number;

  constructor(measured: readonly Measured[]) {
    for (const { scenario, load, contestant, round, numbers } of measured) {
      this.#numbers.set([scenario, load, contestant, round].join('\n'), numbers);
    }
    this.#rounds = Math.max(0, ...measured.map(({ round }) => round + 1));
  }

  /** A number of one contestant in all rounds. */
  number(scenario: string, load: string, contestant: string, name: string): Spread | null {
    return this.#each((round) => this.#at(scenario, load, contestant, round)?.[name]);
  }

  /** A number of one contestant, by that of another in the same round. */
  ratio(scenario: string, load: string, contestants: readonly [string, string], name: string): Spread | null {
    return this.#each((round) => {
      const [one, other] = contestants.map((each) => this.#at(scenario, load, each, round)?.[name]);
      return one === undefined || other === undefined ? undefined : one / other;
    });
  }

  /** A goal's number of one contestant. */
  goal({ name, control }: Scenario, goal: Goal, contestant: string): Spread | null {
    return this.#each((round) => {
      const of = (who: string): number => this.#at(name, goal.load, who, round)?.[goal.number] ?? Number.NaN;
      const own = of(contestant);
      if (goal.against === undefined) return own;
      // What another Node adds is not what the other contestant costs.
      const other = of(goal.against) * (goal.bridge === undefined ? 1 : of(control) / of(goal.bridge));
      if (goal.as === 'difference') return own - other;
      return goal.as === 'times' ? other / own : own / other;
    });
  }

  #at(scenario: string, load: string, contestant: string, round: number): Measured['numbers'] | undefined {
    return this.#numbers.get([scenario, load, contestant, round].join('\n'));
  }

  #each(value: (round: number) => number | undefined): Spread | null {
    return spread(Array.from({ length: this.#rounds }, (_, round) => value(round) ?? Number.NaN));
  }
}
