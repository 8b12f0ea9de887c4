import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Numbers = Readonly<Record<string, number>>;

interface Run {
  readonly scenario: string;
  readonly load: string;
  readonly contestant: string;
  readonly numbers: Numbers;
}

interface Results {
  readonly machine: {
    readonly measuredAt: string;
    readonly command: string;
    readonly node: string;
    readonly cpu: string;
    readonly cores: number;
  };
  readonly rounds: number;
  readonly measured: readonly Run[];
}

/** The file that the calculator reads its numbers of streams from. */
export const streamsPath = 'docs/calculator/streams.ts';

/** All that the bench sends. */
const benchPayloadBytes = 128;

/** What {@link streamsPath} should hold, by the results of a whole `pnpm bench`; `null` as long as there are none. */
export function streamCosts(root: string): string | null {
  const path = join(root, 'bench/results/results.json');
  if (!existsSync(path)) return null;
  const { machine, rounds, measured } = JSON.parse(readFileSync(path, 'utf8')) as Results;

  function median(name: string, number: string): number {
    const [scenario, load, contestant] = name.split(' / ');
    const values = measured
      .filter((run) => run.scenario === scenario && run.load === load && run.contestant === contestant)
      .map(({ numbers }) => numbers[number])
      .filter((value) => value !== undefined)
      .toSorted((a, b) => a - b);
    const middle = values[Math.floor(values.length / 2)];
    if (middle === undefined) throw new Error(`${path} has no ${number} of ${name}`);
    return middle;
  }

  function costs(scenario: string, idle: string, contestant: string): string {
    const [paced, bursts] = ['20 a second', 'bursts of 20'].map((load) => `${scenario} / ${load} / ${contestant}`) as [
      string,
      string,
    ];
    const further = median(bursts, 'bytesPerMessage');
    return `{
      writeUs: ${rounded(median(paced, 'cpuUs'))},
      furtherUs: ${rounded(median(bursts, 'cpuUs'))},
      writeBytes: ${Math.max(0, Math.round(median(paced, 'bytesPerMessage') - further))},
      furtherBytes: ${Math.round(further - benchPayloadBytes)},
      connectionKiB: ${rounded(median(`${idle} / idle / ${contestant}`, 'rssKiB'))},
    }`;
  }

  const paced = median('websocket / 20 a second / rt express', 'cpuUs');
  const alone = median('token-streams / a hundred / rt express', 'cpuUs');
  return `// Written by \`pnpm docs:write\` from bench/results/results.json, where that is there.
import type { Streams } from './measured-shape.ts';

export const streams: Streams = {
  streamsBy: {
    command: '${machine.command}',
    measuredOn: '${machine.measuredAt.slice(0, 10)}',
    machine: '${machine.cores} cores of an ${machine.cpu}, Node ${machine.node.replace('v', '')}',
    rounds: ${rounds},
  },
  websocket: ${costs('websocket', 'idle-websockets', 'rt express')},
  sse: ${costs('sse', 'idle-streams', 'rt express sse')},
  publicationUs: ${rounded(Math.max(0, alone - paced))},
  heldByOneProcess: ${median('growth / growth / rt express', 'connections')},
};
`;
}

/** Three digits are more than a machine repeats. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
