// Publishes what the registry does not have yet, with its provenance: `pnpm release:publish`, by the workflow of the release.
// With `--dry-run` it says what it would do.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCommand } from './run-command.ts';
import { removeStaleOutput } from './stale-output.ts';
import { tarballFaults } from './tarball-faults.ts';
import { packAll } from './tarballs.ts';
import type { Tarball } from './tarballs.ts';

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = await mkdtemp(join(tmpdir(), 'rt-publish-'));
try {
  removeStaleOutput(root);
  const tarballs = await packAll(root, folder);
  const faults = tarballs.flatMap((tarball) => tarballFaults(tarball).map((fault) => `${tarball.name}: ${fault}`));
  if (faults.length > 0) throw new Error(faults.join('\n'));
  for (const tarball of dependenciesFirst(tarballs)) await publish(tarball);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function publish({ name, path, manifest: { version } }: Tarball): Promise<void> {
  if (await isPublished(name, version)) return console.log(`${name}@${version} is published`);
  if (version === '0.0.0' && !values['dry-run']) throw new Error(`${name} has no version yet: pnpm release:version`);
  const tag = version.includes('-') ? 'next' : 'latest';
  const command = ['npm', 'publish', path, '--provenance', '--access', 'public', '--tag', tag];
  await runCommand(values['dry-run'] ? [...command, '--dry-run'] : command, { cwd: folder });
  console.log(`${name}@${version} ${values['dry-run'] ? 'would be' : 'was'} published as ${tag}`);
}

async function isPublished(name: string, version: string): Promise<boolean> {
  try {
    return (await runCommand(['npm', 'view', `${name}@${version}`, 'version'], { cwd: folder })).trim() !== '';
  } catch (error) {
    if (error instanceof Error && error.message.includes('E404')) return false;
    throw error;
  }
}

/** Nobody is to find a package before what it needs is there. */
function dependenciesFirst(tarballs: readonly Tarball[]): readonly Tarball[] {
  const sorted = new Set<Tarball>();
  const add = (tarball: Tarball): void => {
    const needs = Object.keys(tarball.manifest.dependencies ?? {});
    for (const other of tarballs) if (needs.includes(other.name)) add(other);
    sorted.add(tarball);
  };
  tarballs.forEach(add);
  return [...sorted];
}
