import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured } from '../../bench/harness/measured.ts';
import { Results } from '../../bench/report/statistics.ts';

/** What `pnpm bench` has written. */
interface Written {
  readonly machine: {
    readonly measuredAt: string;
    readonly command: string;
    readonly commit: string;
    readonly node: string;
    readonly cpu: string;
    readonly cores: number;
    readonly uWebSockets: string;
  };
  readonly rounds: number;
  readonly measured: readonly Measured[];
}

/** The results of a whole `pnpm bench`. */
export class BenchResults {
  readonly machine: Written['machine'];
  readonly rounds: number;
  readonly #results: Results;

  private constructor({ machine, rounds, measured }: Written) {
    this.machine = machine;
    this.rounds = rounds;
    this.#results = new Results(measured);
  }

  /** `null` as long as there are none. */
  static read(root: string): BenchResults | null {
    const path = join(root, 'bench/results/results.json');
    if (!existsSync(path)) return null;
    return new BenchResults(JSON.parse(readFileSync(path, 'utf8')) as Written);
  }

  /** The median of a number over all rounds, or `null` if nobody has measured it. @param name `scenario / load / contestant` */
  median(name: string, number: string): number | null {
    const [scenario = '', load = '', contestant = ''] = name.split(' / ');
    return this.#results.number(scenario, load, contestant, number)?.median ?? null;
  }

  /** The date of the run. */
  get day(): string {
    return this.machine.measuredAt.slice(0, 10);
  }

  /** The machine and its Node, in words. */
  get where(): string {
    const { cores, cpu, node } = this.machine;
    return `${cores} cores of an ${cpu}, Node ${node.replace('v', '')}`;
  }
}

/** Three digits are more than a machine repeats. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
