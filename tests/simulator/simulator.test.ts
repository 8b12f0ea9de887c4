import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { replay } from './replay.ts';
import { search } from './search.ts';

const schedules = Number(process.env['RT_SCHEDULES'] ?? 100_000);
const first = Number(process.env['RT_FIRST'] ?? 0);
/** One schedule to run again, with a trace. */
const seed = process.env['RT_SEED'];
const coreUrl = import.meta.resolve('@rt/core');

/** Schedules that once broke it, or the one that is asked for. */
const again = seed === undefined ? [7417, 7770, 79_144] : [Number(seed)];
const count = seed === undefined ? schedules : 0;

test.each(again)(
  'schedule %i',
  async (one) => {
    const { failed, text } = await replay(await import('@rt/core'), one);
    if (failed || seed !== undefined) process.stdout.write(`${text}\n`);
    expect(failed, 'the schedule fails, as told above').toBe(false);
  },
  60_000,
);

// RT-ORDER-1, RT-GAP-1, RT-SESSION-16, RT-PRESENCE-2, RT-PRESENCE-3, RT-PRESENCE-5, RT-PRESENCE-6, RT-PRESENCE-7,
// RT-PRESENCE-10, RT-PRESENCE-11, RT-PRESENCE-12, RT-PRESENCE-13, RT-PRESENCE-15
test(`${count} schedules: everybody is told everything, once and in order, or told what is missing`, async () => {
  const startedMs = performance.now();
  const failure = await search({
    coreUrl,
    first,
    count,
    workers: Math.min(2, availableParallelism()),
    progress(done) {
      if (done % 10_000 !== 0) return;
      const seconds = (performance.now() - startedMs) / 1000;
      process.stdout.write(`${done} of ${count} schedules, ${Math.round(done / seconds)} a second\n`);
    },
  });
  expect(failure === null ? '' : failure.report).toBe('');
}, 600_000);
