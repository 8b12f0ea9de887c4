import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildApp, runApp } from '../../tools/release/app-folder.ts';
import { buildsOf } from '../../tools/release/cells.ts';
import { removeStaleOutput } from '../../tools/release/stale-output.ts';
import { tarballFaults } from '../../tools/release/tarball-faults.ts';
import { packAll } from '../../tools/release/tarballs.ts';

const root = join(import.meta.dirname, '../..');

// RT-RELEASE-1
// RT-RELEASE-3
test('what would be published is whole, and an app that installs it is told what is published', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rt-release-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  removeStaleOutput(root);
  const tarballs = await packAll(root, join(folder, 'tarballs'));
  expect(tarballs.flatMap((tarball) => tarballFaults(tarball))).toEqual([]);

  const [build] = buildsOf(['express-esm', 'ts7']);
  expect(build).toBeDefined();
  const app = build as NonNullable<typeof build>;
  const home = join(folder, 'app');
  await buildApp(app, { root, folder: home, tarballs });
  expect(await runApp(app.app, home, dirname(process.execPath))).toContain('from the app, from the session');
}, 180_000);
