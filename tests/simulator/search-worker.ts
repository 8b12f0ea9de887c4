import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { replay } from './replay.ts';
import type { Core } from './rooms.ts';
import { plan } from './schedule.ts';
import type { SearchOrder, SearchNews } from './search.ts';
import { run } from './world.ts';

const progressEvery = 500;

/** Runs its share of the schedules, and stops at the first that fails. */
async function search({ coreUrl, first, count, stride }: SearchOrder): Promise<void> {
  const core = (await import(coreUrl)) as Core;
  const tell = (news: SearchNews): void => parentPort?.postMessage(news);
  // Many errors are made here, and few are looked at: of those the replay shows the way.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  let unhandled: unknown = null;
  process.on('unhandledRejection', (cause) => {
    unhandled ??= cause;
  });
  for (let done = 0; done < count; done += 1) {
    const seed = first + done * stride;
    const violation = await run(core, plan(seed));
    if (unhandled !== null) {
      return tell({ type: 'failed', seed, why: 'a promise was rejected and nobody cared', report: inspect(unhandled) });
    }
    if (violation !== null) {
      Error.stackTraceLimit = stackTraceLimit;
      return tell({ type: 'failed', seed, why: violation.message, report: (await replay(core, seed)).text });
    }
    if ((done + 1) % progressEvery === 0) tell({ type: 'progress', done: progressEvery });
  }
  tell({ type: 'done' });
}

await search(workerData as SearchOrder);
