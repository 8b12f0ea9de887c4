import { seededRandom } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { playRound } from './fault-round.ts';
import { serverFaults } from './redis-faults.ts';

const cases = serverFaults.flatMap((fault) =>
  fault.clients.map(([client, connect]) => ({ name: `${fault.name}, over ${client}`, fault, connect })),
);

describe('Redis fails', () => {
  // RT-CLUSTER-1, RT-CLUSTER-3
  test.each(cases)('$name: every node tells all, or one honest gap', async ({ fault, connect }) => {
    const { verdicts, agree } = await playRound(fault, connect, seededRandom(1));
    const gaps = fault.gap === null ? [] : [fault.gap];
    for (const verdict of verdicts) expect(verdict).toEqual({ losses: 0, duplicates: 0, gaps });
    expect(agree).toBe(true);
  });
});
