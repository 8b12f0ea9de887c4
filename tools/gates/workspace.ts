import { posix } from 'node:path';
import { readManifest } from './manifest.ts';
import type { SourceFile } from './source-file.ts';

/** A package of the workspace and its declared doors: subpath to the source file behind it. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly doors: ReadonlyMap<string, string>;
}

/** Packages by name. */
export type Workspace = ReadonlyMap<string, WorkspacePackage>;

export const scope = '@rt/';

export function readWorkspace(sources: readonly SourceFile[]): Workspace {
  const packages = new Map<string, WorkspacePackage>();
  for (const source of sources) {
    const folder = /^((?:packages|examples)\/[^/]+|bench|tests)\/package\.json$/.exec(source.path)?.[1];
    const manifest = folder ? readManifest(source) : undefined;
    if (!folder || !manifest?.name) continue;
    const doors = new Map<string, string>();
    for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
      const file = typeof target === 'string' ? target : (target['default'] ?? '');
      doors.set(subpath, posix.join(folder, file.replace(/^\.\/dist\/(.*)\.js$/, './src/$1.ts')));
    }
    packages.set(manifest.name, { folder, doors });
  }
  return packages;
}

/** The folder a file belongs to: `packages/core`, `examples/ui`, else its first folder; '' for the root. */
export function homeOf(path: string): string {
  const parts = path.split('/');
  const depth = parts[0] === 'packages' || parts[0] === 'examples' ? 2 : 1;
  return parts.length > depth ? parts.slice(0, depth).join('/') : '';
}
