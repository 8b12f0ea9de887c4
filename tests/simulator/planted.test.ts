import { describe, expect, test } from 'vitest';
import { plantedCore, plants } from './plants.ts';
import { presencePlants } from './presence-plants.ts';
import { search } from './search.ts';
import { statePlants } from './state-plants.ts';

/** Where nothing is found in so many schedules the simulator is blind. */
const schedules = 4000;

async function hunt(coreUrl: string): ReturnType<typeof search> {
  return search({ coreUrl, first: 0, count: schedules, workers: 1, progress: () => {} });
}

describe('the simulator finds', () => {
  test.each([...plants, ...presencePlants, ...statePlants])(
    '$name',
    async ({ name, found, ...plant }) => {
      const failure = await hunt(plantedCore(name, plant));
      expect(failure?.why).toMatch(found);
      process.stdout.write(`found "${name}" in schedule ${(failure?.seed ?? 0) + 1}: ${failure?.why}\n`);
    },
    120_000,
  );

  test('nothing in a copy without a bug', async () => {
    const failure = await hunt(plantedCore('none', null));
    expect(failure?.report ?? '').toBe('');
  }, 120_000);
});
