// As many connections to one process as its descriptors allow, with traffic: what comes of it, and what each one costs.
//   pnpm load [--connections 20000] [--channels 20] [--rate 20] [--seconds 30]
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { contestant } from '../../bench/harness/contestant.ts';
import type { Load } from '../../bench/harness/stand.ts';
import { startLoad, startServer } from '../../bench/harness/stand.ts';
import type { Seen, Traffic } from '../../bench/harness/traffic.ts';
import { eventually } from '../support/eventually.ts';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '20000' },
    channels: { type: 'string', default: '20' },
    /** Publications a second, over all channels. */
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '30' },
  },
});
const [asked, channels, rate, seconds] = [values.connections, values.channels, values.rate, values.seconds].map(
  Number,
) as [number, number, number, number];

/** What a process needs of its descriptors beside those of connections. */
const spare = 100;
const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 1024);
const connections = Math.min(asked, limit - spare);
const roundS = 5;

const { server, port } = await startServer(contestant('rt express'), {
  payloadBytes: 128,
  keep: 1000,
  compress: false,
  redisPort: null,
});
const loads: readonly Load[] = Array.from({ length: 2 }, startLoad);
const descriptors = (): number => readdirSync(`/proc/${server.child.pid}/fd`).length;
const memory = async (): Promise<number> =>
  (await server.ask({ type: 'sample', collect: 'garbage' }, 'sample')).sample.rssBytes;
const traffic: Traffic = {
  type: 'schedule',
  streams: Array.from({ length: channels }, (_, channel) => ({ channel, perSecond: rate / channels })),
};

/** The connections of one process, spread over all channels. */
function groupsOf(load: number) {
  const own = Math.floor(connections / loads.length) + (load < connections % loads.length ? 1 : 0);
  return Array.from({ length: channels }, (_, channel) => ({
    connections: Math.floor(own / channels) + (channel < own % channels ? 1 : 0),
    channels: [channel],
  }));
}

async function open(): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const [index, load] of loads.entries()) {
    const opening = { port, wire: 'rt websocket', compress: false, members: 0, resume: false } as const;
    const opened = await load.ask({ type: 'open', ...opening, groups: groupsOf(index) }, 'opened', 300_000);
    problems.push(...opened.problems);
  }
  return problems;
}

/** Publishes for a while. Returns what the clients of each process have seen of it. */
async function round(): Promise<readonly Seen[]> {
  await Promise.all(loads.map((load) => load.ask({ type: 'begin', every: true, polls: false }, 'begun')));
  const { counts } = await server.ask({ type: 'publish', traffic, seconds: roundS }, 'published');
  return Promise.all(
    loads.map(async (load) => (await load.ask({ type: 'expect', counts, withinMs: 60_000 }, 'seen')).seen),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const most = (seen: readonly Seen[], which: 'p50Ms' | 'p99Ms'): number =>
  Math.max(...seen.flatMap(({ latency }) => latency.map((one) => one[which])));

if (connections < asked) console.log(`A process may have ${limit} descriptors here: ${connections} connections.`);
const startBytes = await memory();
const startDescriptors = descriptors();
const problems = new Set(await open());
const openBytes = await memory();
console.log(
  `connected ${descriptors() - startDescriptors} of ${connections}, ${((openBytes - startBytes) / connections / 1024).toFixed(1)} KiB of RSS each`,
);
let [delivered, lost, incomplete] = [0, 0, 0];
for (let doneS = 0; doneS < seconds; doneS += roundS) {
  const seen = await round();
  delivered += sum(seen.map(({ messages }) => messages));
  lost = sum(seen.map((one) => one.lost));
  incomplete += sum(seen.map((one) => one.incomplete));
  for (const problem of seen.flatMap((one) => one.problems)) problems.add(problem);
  console.log(
    `${doneS + roundS} s: connected ${descriptors() - startDescriptors}, delivered ${delivered}, lost ${lost}, incomplete ${incomplete}, ` +
      `p50 ${most(seen, 'p50Ms').toFixed(1)} ms, p99 ${most(seen, 'p99Ms').toFixed(1)} ms of the slowest channel`,
  );
}
const trafficBytes = await memory();
console.log(
  `with traffic ${((trafficBytes - startBytes) / connections / 1024).toFixed(1)} KiB of RSS each, ${(trafficBytes / 1e6).toFixed(0)} MB in all`,
);
await Promise.all(loads.map((load) => load.ask({ type: 'let go' }, 'let go')));
await Promise.all(loads.map((load) => load.kill()));
await eventually('all connections are gone', () => descriptors() <= startDescriptors, 60_000).catch(() =>
  problems.add(`${descriptors() - startDescriptors} descriptors more than at the start are left`),
);
console.log(`everybody has gone: ${descriptors()} descriptors, and ${startDescriptors} at the start`);
await server.kill();
for (const problem of problems) console.log(problem);
process.exitCode = problems.size === 0 && lost === 0 && incomplete === 0 ? 0 : 1;
