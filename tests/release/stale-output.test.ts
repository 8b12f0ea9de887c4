import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeStaleOutput } from '../../tools/release/stale-output.ts';

// RT-RELEASE-1
test('what was built of sources that are no more is taken away, and nothing else', async () => {
  const root = await mkdtemp(join(tmpdir(), 'rt-stale-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const home = join(root, 'packages/sample');
  await mkdir(join(home, 'src/part'), { recursive: true });
  await mkdir(join(home, 'dist/part'), { recursive: true });
  const built = ['part/kept.js', 'part/kept.d.ts.map', 'part/gone.js', 'part/gone.d.ts', 'gone.js.map', 'data.json'];
  await writeFile(join(home, 'src/part/kept.ts'), '');
  for (const path of built) await writeFile(join(home, 'dist', path), '');

  removeStaleOutput(root);

  const left = await readdir(join(home, 'dist'), { recursive: true });
  expect(left.toSorted()).toEqual(['data.json', 'part', 'part/kept.d.ts.map', 'part/kept.js']);
});
