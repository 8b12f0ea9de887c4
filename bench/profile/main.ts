// Where the time of a server goes: a CPU profile of each load of a scenario.
//   pnpm bench:profile websocket [--of 'rt express'] [--seconds 3] [--top 25]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { contestant } from '../harness/contestant.ts';
import { scenarios } from '../scenarios/all.ts';
import { trial } from '../trials/trial.ts';
import type { CpuProfile, SelfTime } from './frames.ts';
import { selfTimes } from './frames.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    of: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    top: { type: 'string', default: '25' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function print(title: string, times: readonly SelfTime[]): void {
  say(`\n  ${title}`);
  for (const { name, ms, share } of times.slice(0, Number(values.top))) {
    say(`  ${(share * 100).toFixed(1).padStart(5)} %  ${ms.toFixed(0).padStart(6)} ms  ${name}`);
  }
}

const profiled = scenarios.filter(({ course }) => course.type === 'fan-out');
const scenario = profiled.find(({ name }) => name === positionals[0]);
if (scenario === undefined) {
  say(`usage: pnpm bench:profile ${profiled.map(({ name }) => name).join('|')} [--of NAME] [--seconds 3] [--top 25]`);
  process.exitCode = 1;
} else {
  const name = values.of ?? scenario.quick.find((each) => each.startsWith('rt ')) ?? '';
  const pace = { warmS: 1, windowS: Number(values.seconds), quick: false };
  const paths: string[] = [];
  const loads: string[] = [];
  const { course } = scenario;
  const onProfile = (path: string): void => void paths.push(path);
  await trial({ scenario, course, contestant: contestant(name), pace, onProfile }, (load, numbers, problems = []) => {
    loads.push(`${load}: ${(numbers['cpuUs'] ?? 0).toFixed(3)} µs a message under the profiler ${problems.join(' ')}`);
  });
  for (const [index, path] of paths.entries()) {
    const { byFunction, byFile } = selfTimes(JSON.parse(readFileSync(path, 'utf8')) as CpuProfile);
    say(`\n${scenario.name}, ${name}, ${loads[index] ?? ''}\n  ${path}`);
    print('by function', byFunction);
    print('by file', byFile);
  }
}
