import { moduleSyntax } from './module-syntax.ts';
import type { Construct } from './module-syntax.ts';
import { isCode, isPackageSource } from './source-file.ts';
import type { SourceFile, Violation } from './source-file.ts';

const advice: Readonly<Record<Construct['kind'], string>> = {
  'default export': 'export it by name',
  enum: 'use a union of literals',
  namespace: 'use a module',
  'top-level await': 'it breaks require() of the package: await inside a function',
  'parse error': 'correct it',
};

/** Doors whose framework finds plugins by their default export. */
const pluginDoors: ReadonlySet<string> = new Set(['packages/fastify/src/index.ts']);

/** Published source has no default exports, enums, namespaces or top-level await; all source parses. */
export function checkSyntax(sources: readonly SourceFile[]): readonly Violation[] {
  return sources
    .filter(({ path }) => isCode(path))
    .flatMap((source) => {
      const { constructs, firstFault } = moduleSyntax(source);
      return constructs
        .filter(({ kind }) => kind === 'parse error' || isPackageSource(source.path))
        .filter(({ kind }) => kind !== 'default export' || !pluginDoors.has(source.path))
        .map(({ kind, line }) => {
          const what = kind === 'parse error' ? `parse error (${firstFault})` : `${kind} in a package`;
          return { file: source.path, line, rule: 'syntax', message: `${what}: ${advice[kind]}` };
        });
    });
}
