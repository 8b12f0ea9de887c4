import { EventEmitter } from 'node:events';
import { readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What a process holds, by the name of what is counted. */
export interface Inventory {
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly rssBytes: number;
  /** Descriptors, what keeps the loop alive by its type, listeners, and what the process counts of its own. */
  readonly counts: Readonly<Record<string, number>>;
}

interface Handles {
  _getActiveHandles(): readonly unknown[];
}

/** Counts what this process holds, after a collection. @param more What it counts of its own. */
export async function takeInventory(more: Readonly<Record<string, number>> = {}): Promise<Inventory> {
  // What is let go in one collection may let go of more, once its finalizers have run.
  for (let n = 0; n < 4; n += 1) {
    collect();
    await turn();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const type of process.getActiveResourcesInfo()) {
    // A timer that is unreferenced is none of them; a poll that reads a file or looks up a name is over soon.
    if (!/FSReq|Immediate|GetAddrInfo/.test(type)) resources[type] = (resources[type] ?? 0) + 1;
  }
  const handles = (process as unknown as Handles)._getActiveHandles().filter((one) => one instanceof EventEmitter);
  const counts = {
    // Reading the folder needs one itself.
    descriptors: readdirSync('/proc/self/fd').length - 1,
    ...resources,
    'listeners on the process': listenersOf(process),
    'listeners on sockets and servers': handles.reduce((sum, one) => sum + listenersOf(one), 0),
    ...more,
  };
  return { heapBytes: heapUsed, externalBytes: external, rssBytes: rss, counts };
}

function listenersOf(emitter: NodeJS.EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}

/** The most of each that some inventories had. */
export function mostOf(inventories: readonly Inventory[]): Inventory {
  const most = (read: (one: Inventory) => number): number => Math.max(0, ...inventories.map(read));
  const names = new Set(inventories.flatMap(({ counts }) => Object.keys(counts)));
  return {
    heapBytes: most(({ heapBytes }) => heapBytes),
    externalBytes: most(({ externalBytes }) => externalBytes),
    rssBytes: most(({ rssBytes }) => rssBytes),
    counts: Object.fromEntries([...names].map((name) => [name, most(({ counts }) => counts[name] ?? 0)])),
  };
}

/** By how much of the heap and of external memory a process may have grown: a part of what it had, and a few megabytes. */
export interface Margin {
  readonly share: number;
  readonly bytes: number;
}

/** What is more than it was at the start, each in words. */
export function notBack(start: Inventory, now: Inventory, { share, bytes }: Margin): readonly string[] {
  const wrong: string[] = [];
  for (const memory of ['heapBytes', 'externalBytes'] as const) {
    if (now[memory] <= start[memory] * (1 + share) + bytes) continue;
    wrong.push(`${memory}: ${megabytes(now[memory])} MB, and ${megabytes(start[memory])} MB at the start`);
  }
  for (const [name, count] of Object.entries(now.counts)) {
    const before = start.counts[name] ?? 0;
    if (count > before) wrong.push(`${name}: ${count}, and ${before} at the start`);
  }
  return wrong;
}

export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
