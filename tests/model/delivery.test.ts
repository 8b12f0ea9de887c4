import fc from 'fast-check';
import { describe, test } from 'vitest';
import type { Step } from './schedule.ts';
import { nasty, step } from './schedule.ts';
import { run } from './world.ts';

describe('delivery over the model', () => {
  test.each(nasty)('%s', async (_, steps) => run(steps, { count: 1, forMs: 1000 }, 0));

  // RT-ORDER-1
  test('any interleaving keeps order and gaplessness, or tells the gap, within the bounds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.record({ count: fc.integer({ min: 1, max: 40 }), forMs: fc.constantFrom(1000, 5000, 60_000) }),
        fc.nat(),
        run,
      ),
      { numRuns: Number(process.env['RT_RUNS'] ?? 1000) },
    );
  }, 60_000);

  // RT-ORDER-4
  test('many subscribers: slices of the fan-out miss and repeat nothing', async () => {
    const crowd: Step[] = Array.from({ length: 700 }, (_, n): Step => ({
      type: 'subscribe',
      begin: n % 3 === 0 ? 'resume' : 'live',
      back: n % 7,
    }));
    const stir = Array.from({ length: 60 }, (_, n): Step[] => [
      { type: 'publish', count: 1 + (n % 5), size: 1 },
      { type: 'turns', count: n % 3 },
      { type: 'stop', peer: n * 37 },
      { type: 'leave', peer: n * 53 },
      { type: 'read', peer: n * 37 - 74 < 0 ? 0 : n * 37 - 74 },
      { type: 'subscribe', begin: 'resume', back: n % 20 },
    ]).flat();
    await run([{ type: 'publish', count: 20, size: 1 }, ...crowd, ...stir], { count: 30, forMs: 60_000 }, 7);
  }, 60_000);
});
