// Several nodes over one Redis: how late publications come, and how many of them there can be. Medians of some runs.
//   pnpm bench:cluster [--nodes 1,2,3] [--readers 600] [--rate 100] [--seconds 10] [--runs 3]
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { RedisServer } from '../../tests/support/redis-server.ts';
import type { Measures } from '../crowd/measures.ts';
import { openSession } from '../crowd/raw-session.ts';
import { Lateness, median } from './lateness.ts';
import type { Order, Published } from './publisher.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1,2,3' },
    readers: { type: 'string', default: '600' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    runs: { type: 'string', default: '3' },
  },
});
const counts = values.nodes.split(',').map(Number);
const [readers, rate, seconds, runs] = [values.readers, values.rate, values.seconds, values.runs].map(Number) as [
  number,
  number,
  number,
  number,
];

const server = await RedisServer.start();
const redis = new Redis(server.port);
// What it measures is how busy the machine is with something else.
const idle = start('../crowd/idle.ts');

function start(file: string, ...options: readonly string[]): ChildProcess {
  return fork(new URL(file, import.meta.url), [String(server.port)], { execArgv: [...options] });
}

/** What a process says next, after it was told something. */
async function answer<Answer>(child: ChildProcess, told?: object | string): Promise<Answer> {
  const said = once(child, 'message');
  if (told !== undefined) child.send(told);
  return ((await said) as [Answer])[0];
}

/** What Redis has used of a core since it was started. */
async function redisCpuMs(): Promise<number> {
  const used = [...(await redis.info('cpu')).matchAll(/^used_cpu_(?:user|sys):([\d.]+)/gm)];
  return used.reduce((sum, [, seconds = '0']) => sum + Number(seconds), 0) * 1000;
}

/** Publishes, and says what that has cost Redis. */
async function publish(publisher: ChildProcess, order: Order): Promise<Published & { readonly redis: number }> {
  const before = await redisCpuMs();
  const published = await answer<Published>(publisher, order);
  return { ...published, redis: ((await redisCpuMs()) - before) / published.elapsedMs };
}

interface Delivered {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Parts of a core, of one node and of Redis. */
  readonly node: number;
  readonly redis: number;
}

/** Readers at all nodes, and a publisher that is none of them at a steady rate. */
async function deliver(nodes: number): Promise<Delivered> {
  const children = Array.from({ length: nodes }, () => start('server.ts', '--expose-gc'));
  const ports = (await Promise.all(children.map((child) => answer<{ readonly port: number }>(child)))).map(
    ({ port }) => port,
  );
  const connect = { type: 'connect', id: 1, subscriptions: [{ channel: 'room:0' }] };
  const opening = Array.from({ length: readers }, (_, n) => openSession(ports[n % nodes] ?? 0, `reader-${n}`, connect));
  const sessions = await Promise.all(opening);
  const lateness = new Lateness();
  const stops = await Promise.all(ports.map((port) => lateness.watch(port, 'room:0')));
  const publisher = start('publisher.ts');
  await answer(publisher);
  const order: Order = { rooms: 1, perSecond: rate, seconds: 3 };
  // Code is compiled, and memory is there.
  await publish(publisher, order);
  await Promise.all(children.map((child) => answer<Measures>(child, 'measure')));
  await wait(500);
  lateness.reset();
  const { count, elapsedMs, redis: ofRedis } = await publish(publisher, { ...order, seconds });
  const measures = await Promise.all(children.map((child) => answer<Measures>(child, 'measure')));
  for (const stop of stops) stop();
  for (const session of sessions) session.close();
  for (const child of [...children, publisher]) child.disconnect();
  return {
    perSecond: (count * (readers + nodes) * 1000) / elapsedMs,
    p50Ms: lateness.within(0.5),
    p99Ms: lateness.within(0.99),
    node: median(measures.map(({ cpuMs }) => cpuMs / elapsedMs)),
    redis: ofRedis,
  };
}

/** As many publications as there can be, from one process. */
async function flood(
  rooms: number,
): Promise<{ readonly perSecond: number; readonly redis: number; readonly own: number }> {
  const publisher = start('publisher.ts');
  await answer(publisher);
  const order: Order = { rooms, perSecond: null, seconds: 2 };
  await publish(publisher, order);
  const { count, elapsedMs, cpuMs, redis: ofRedis } = await publish(publisher, { ...order, seconds });
  publisher.disconnect();
  return { perSecond: (count * 1000) / elapsedMs, redis: ofRedis, own: cpuMs / elapsedMs };
}

async function several<Result>(run: () => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let n = 0; n < runs; n += 1) results.push(await run());
  return results;
}

const number = (one: number): string => Math.round(one).toLocaleString('en');
const percent = (part: number): string => `${Math.round(part * 100)} %`;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say(`${readers} readers, ${rate} publications a second in one room, ${seconds} s, medians of ${runs} runs`);
for (const nodes of counts) {
  const results = await several(() => deliver(nodes));
  const of = (pick: (one: Delivered) => number): number => median(results.map(pick));
  say(
    `${nodes} ${nodes === 1 ? 'node ' : 'nodes'}    ${number(of((one) => one.perSecond))} deliveries/s, ` +
      `late by ${of((one) => one.p50Ms).toFixed(1)} ms (p99 ${of((one) => one.p99Ms).toFixed(1)} ms); ` +
      `of a core each node ${percent(of((one) => one.node))}, Redis ${percent(of((one) => one.redis))}`,
  );
}
say('as many publications as one process can make, 64 under way');
for (const rooms of [1, 100]) {
  const results = await several(() => flood(rooms));
  const of = (pick: (one: (typeof results)[number]) => number): number => median(results.map(pick));
  say(
    `${String(rooms).padEnd(3)} rooms  ${number(of((one) => one.perSecond))} publications/s; ` +
      `of a core the process ${percent(of((one) => one.own))}, Redis ${percent(of((one) => one.redis))}`,
  );
}
const machine = await answer<Measures>(idle, 'measure');
say(
  `a process at rest: longest stall ${machine.longestStallMs.toFixed(1)} ms, p99 ${machine.p99StallMs.toFixed(1)} ms`,
);
idle.disconnect();
redis.disconnect();
await server.stop();
