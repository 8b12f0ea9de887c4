// A crowded room: many members, some coming and going, many who look on.
//   pnpm bench:crowd [--members 10000] [--observers 1000] [--changes 100] [--seconds 10] [--list]
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Measures } from './measures.ts';
import type { RawSession } from './raw-session.ts';
import { openSession } from './raw-session.ts';

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '10000' },
    observers: { type: 'string', default: '1000' },
    changes: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    list: { type: 'boolean', default: false },
  },
});
const [members, observers, changes, seconds] = [values.members, values.observers, values.changes, values.seconds].map(
  Number,
) as [number, number, number, number];
const room = 'room:1';

const server = fork(new URL('server.ts', import.meta.url), [values.list ? '100000' : '500'], {
  execArgv: ['--expose-gc'],
});
const [{ port }] = (await once(server, 'message')) as [{ readonly port: number }];

const idle = fork(new URL('idle.ts', import.meta.url));

async function measured(child: ChildProcess): Promise<Measures> {
  child.send('measure');
  const [told] = (await once(child, 'message')) as [Measures];
  return told;
}

/** Opens so many sessions, a few at a time. */
async function openAll(count: number, open: (index: number) => Promise<RawSession>): Promise<readonly RawSession[]> {
  const sessions: RawSession[] = [];
  for (let from = 0; from < count; from += 100) {
    const some = Array.from({ length: Math.min(100, count - from) }, (_, n) => open(from + n));
    sessions.push(...(await Promise.all(some)));
    if (from % 1000 === 0) process.stderr.write(`\r${from} of ${count} sessions are open `);
  }
  process.stderr.write('\r\u001b[K');
  return sessions;
}

const enter = (id: number): object => ({ type: 'enter', id, channel: room, state: { name: 'somebody' } });
// As many more as come and go within two seconds stand outside.
const spare = changes * 2;
const crowd = await openAll(members + spare, (n) =>
  openSession(port, `user-${n}`, { type: 'connect', id: 1 }, ...(n < members ? [enter(2)] : [])),
);
const watching = { type: 'connect', id: 1, subscriptions: [{ channel: room, presence: true }] };
const lookers = await openAll(observers, (n) => openSession(port, `looker-${n}`, watching));
await wait(2000);

let id = 2;
let next = 0;

/** Lets people come and go for a while. Returns for how many seconds. */
async function churn(forS: number): Promise<number> {
  const startedMs = performance.now();
  for (let changed = 0; changed < changes * forS; changed += 1) {
    // Somebody of the crowd leaves, and somebody who stands outside enters.
    id += 1;
    crowd[next % crowd.length]?.say({ type: 'leave', id, channel: room });
    crowd[(next + members) % crowd.length]?.say(enter(id));
    next += 1;
    const dueMs = startedMs + ((changed + 1) * 1000) / changes;
    if (dueMs > performance.now()) await wait(dueMs - performance.now());
  }
  return (performance.now() - startedMs) / 1000;
}

const before = await measured(server);
// What 10,000 handshakes have left behind is not what is measured.
await churn(5);
await Promise.all([measured(server), measured(idle)]);
const start = lookers.map(({ bytes, reads }) => ({ bytes, reads }));
const elapsedS = await churn(seconds);
const [after, machine] = await Promise.all([measured(server), measured(idle)]);
const perSecond = lookers.map(({ bytes }, index) => (bytes - (start[index]?.bytes ?? 0)) / elapsedS);
const writes = lookers.map(({ reads }, index) => (reads - (start[index]?.reads ?? 0)) / elapsedS);
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

process.stdout.write(
  [
    `${members} members, ${changes} leave and ${changes} enter each second, ${observers} look on, ${elapsedS.toFixed(1)} s`,
    `told as            ${values.list ? 'a list and its changes' : 'how many, and 20 of them'}`,
    `per observer       ${(mean(perSecond) / 1000).toFixed(2)} kB/s (at most ${(Math.max(...perSecond) / 1000).toFixed(2)}), ${mean(writes).toFixed(2)} reads/s`,
    `event loop         longest stall ${after.longestStallMs.toFixed(1)} ms (garbage ${after.longestGcMs.toFixed(1)} ms), p99 ${after.p99StallMs.toFixed(1)} ms`,
    `a process at rest  longest stall ${machine.longestStallMs.toFixed(1)} ms, p99 ${machine.p99StallMs.toFixed(1)} ms`,
    `server             ${((after.cpuMs / (elapsedS * 1000)) * 100).toFixed(0)} % of one core, ${after.rssMb.toFixed(0)} MB`,
    `while they came    longest stall ${before.longestStallMs.toFixed(1)} ms, p99 ${before.p99StallMs.toFixed(1)} ms`,
  ].join('\n') + '\n',
);
for (const session of [...crowd, ...lookers]) session.close();
server.disconnect();
idle.disconnect();
