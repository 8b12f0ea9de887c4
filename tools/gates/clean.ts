import { isBuiltin } from 'node:module';
import { hostFree } from './level-table.ts';
import { moduleSyntax } from './module-syntax.ts';
import { isBuilt, isPackageSource } from './source-file.ts';
import type { SourceFile, Violation } from './source-file.ts';
import { homeOf } from './workspace.ts';

/** The packages that also run in a browser name no Node builtin, neither in src nor in the built files. */
export function checkClean(sources: readonly SourceFile[]): readonly Violation[] {
  const homes = new Set(hostFree.map((name) => `packages/${name}`));
  return sources
    .filter(({ path }) => homes.has(homeOf(path)) && (isPackageSource(path) || isBuilt(path)))
    .flatMap((source) =>
      moduleSyntax(source)
        .references.filter(({ specifier }) => isBuiltin(specifier))
        .map(({ specifier, line }) => ({
          file: source.path,
          line,
          rule: 'clean',
          message: `'${specifier}' is a Node builtin, and ${homeOf(source.path)} runs without Node: inject it, or move this to packages/node`,
        })),
    );
}
