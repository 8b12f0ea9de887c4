import type { Goal, Scenario } from '../harness/scenario.ts';
import type { Results, Spread } from './statistics.ts';

/** What became of a goal: the contestant that is furthest from it counts. */
export interface Verdict {
  readonly goal: Goal;
  readonly scenario: string;
  /** `null` where nothing was measured. */
  readonly worst: { readonly contestant: string; readonly spread: Spread } | null;
  readonly met: boolean;
  /** By how much it is missed, in per cent of the goal, or as a number where the goal is 0. */
  readonly missedBy: string;
}

export function verdicts(scenarios: readonly Scenario[], results: Results): readonly Verdict[] {
  return scenarios.flatMap((scenario) => scenario.goals.map((goal) => verdict(scenario, goal, results)));
}

function verdict(scenario: Scenario, goal: Goal, results: Results): Verdict {
  let worst: Verdict['worst'] = null;
  for (const contestant of goal.of) {
    const spread = results.goal(scenario, goal, contestant);
    if (spread !== null && (worst === null || distance(goal, spread) > distance(goal, worst.spread))) {
      worst = { contestant, spread };
    }
  }
  const by = worst === null ? Number.NaN : distance(goal, worst.spread);
  const wanted = goal.atMost ?? goal.atLeast ?? 0;
  const missedBy = wanted === 0 ? String(by) : `${((by / wanted) * 100).toFixed(0)} %`;
  return { goal, scenario: scenario.name, worst, met: by <= 0, missedBy };
}

/** How far a number is beyond what is wanted; less than 0 on the good side. */
function distance({ atMost, atLeast }: Goal, { median }: Spread): number {
  return atMost === undefined ? (atLeast ?? 0) - median : median - atMost;
}
