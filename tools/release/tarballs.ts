import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../gates/manifest.ts';
import { runCommand } from './run-command.ts';

/** A package as it would be published. */
export interface Tarball {
  readonly name: string;
  /** The packed file. */
  readonly path: string;
  readonly manifest: PackedManifest;
  /** What is in it, by path. */
  readonly files: ReadonlyMap<string, string>;
}

export type PackedManifest = Manifest & {
  readonly name: string;
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
};

/** Packs every package of the workspace that is published into a folder, and reads what came out. */
export async function packAll(root: string, folder: string): Promise<readonly Tarball[]> {
  const packages = await readdir(join(root, 'packages'));
  const tarballs: Tarball[] = [];
  for (const name of packages) tarballs.push(await pack(join(root, 'packages', name), join(folder, name)));
  return tarballs;
}

async function pack(home: string, folder: string): Promise<Tarball> {
  await mkdir(folder, { recursive: true });
  await runCommand(['pnpm', 'pack', '--pack-destination', folder], { cwd: home });
  const [file = ''] = await readdir(folder);
  const path = join(folder, file);
  await runCommand(['tar', '-xzf', path], { cwd: folder });
  const files = await readFolder(join(folder, 'package'));
  const manifest = JSON.parse(files.get('package.json') ?? '') as PackedManifest;
  return { name: manifest.name, path, manifest, files };
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const),
  );
  return new Map(files);
}
