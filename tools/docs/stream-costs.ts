import { BenchResults, rounded } from './bench-results.ts';

/** The file that the calculator reads its numbers of streams from. */
export const streamsPath = 'docs/calculator/streams.ts';

/** All that the bench sends. */
const benchPayloadBytes = 128;

/** What {@link streamsPath} should hold, by the results of a whole `pnpm bench`; `null` as long as there are none. */
export function streamCosts(root: string): string | null {
  const results = BenchResults.read(root);
  if (results === null) return null;

  function median(name: string, number: string): number {
    const found = results?.median(name, number) ?? null;
    if (found === null) throw new Error(`the results of the bench have no ${number} of ${name}`);
    return found;
  }

  function costs(scenario: string, idle: string, contestant: string): string {
    const paced = `${scenario} / 20 a second / ${contestant}`;
    const bursts = `${scenario} / bursts of 20 / ${contestant}`;
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
    command: '${results.machine.command}',
    measuredOn: '${results.day}',
    machine: '${results.where}',
    rounds: ${results.rounds},
  },
  websocket: ${costs('websocket', 'idle-websockets', 'rt express')},
  sse: ${costs('sse', 'idle-streams', 'rt express sse')},
  publicationUs: ${rounded(Math.max(0, alone - paced))},
  heldByOneProcess: ${median('growth / growth / rt express', 'connections')},
};
`;
}
