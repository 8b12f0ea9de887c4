import { expect, test } from 'vitest';
import { soak } from './soak.ts';

// RT-SOAK-1, RT-SOAK-2
test('everybody comes, talks, suffers and goes: nothing is lost, told twice or left behind', async () => {
  const lines: string[] = [];
  const { book, stored, told, did, verdicts } = await soak({
    seed: 1,
    nodes: 2,
    lives: 12,
    warmUpMs: 8000,
    runMs: 12_000,
    sampleEveryMs: 60_000,
    // What a process has not done in so short a time it does for the first time afterwards.
    margin: { share: 0.2, bytes: 8_000_000 },
    progress: (line) => lines.push(line),
  });
  expect({ wrongs: book.wrongs, examples: book.examples }).toEqual({ wrongs: {}, examples: [] });
  expect(book.failures, lines.join('\n')).toBe(0);
  expect(verdicts.flatMap(({ notBack }) => notBack)).toEqual([]);
  expect(stored).toBeGreaterThan(50);
  expect(told).toBeGreaterThan(stored);
  // Otherwise nothing of this has been tried.
  expect([...did.keys()]).toEqual(expect.arrayContaining(['nodes closed', 'nodes killed', 'connections reset']));
}, 600_000);
