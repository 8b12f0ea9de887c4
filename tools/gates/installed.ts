import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readManifest } from './manifest.ts';
import type { SourceFile } from './source-file.ts';

/** The package.json of everything that is installed together with what is published, as `node_modules/<name>/package.json`. */
export function readInstalled(root: string): readonly SourceFile[] {
  const found = new Map<string, SourceFile>();
  for (const name of readdirSync(join(root, 'packages'))) readNeeds(join(root, 'packages', name), found);
  return [...found.values()];
}

/** The dependencies of the package in a folder, and theirs; those of the workspace are looked at for themselves. */
function readNeeds(home: string, found: Map<string, SourceFile>): void {
  const manifest = readManifest({ path: home, text: readFileSync(join(home, 'package.json'), 'utf8') });
  for (const name of Object.keys({ ...manifest?.dependencies, ...manifest?.optionalDependencies })) {
    const folder = folderOf(name, home);
    if (name.startsWith('@rt/') || folder === undefined || found.has(folder)) continue;
    found.set(folder, {
      path: `node_modules/${name}/package.json`,
      text: readFileSync(join(folder, 'package.json'), 'utf8'),
    });
    readNeeds(folder, found);
  }
}

/** Where Node finds a package that another one asks for. What is optional may not be there. */
function folderOf(name: string, from: string): string | undefined {
  for (let folder = from; dirname(folder) !== folder; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
  }
  return undefined;
}
