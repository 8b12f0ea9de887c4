import { posix } from 'node:path';
import { moduleSyntax } from './module-syntax.ts';
import type { ModuleReference } from './module-syntax.ts';
import { isCode } from './source-file.ts';
import type { SourceFile } from './source-file.ts';
import { homeOf, readWorkspace, scope } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** One import of one file, and where it leads. */
export interface Import extends ModuleReference {
  readonly from: string;
  readonly target: Target;
}

/**
 * A file by relative path, a door of one of our packages, or something outside the tree.
 * `home` is the folder of the package led to, also when that package is not (yet) in the tree.
 */
export type Target =
  | { readonly kind: 'file'; readonly home: string; readonly path: string }
  | ({ readonly kind: 'door'; readonly home: string; readonly path: string | undefined } & Door)
  | { readonly kind: 'outside' };

interface Door {
  readonly name: string;
  /** Undefined when there is no such package. */
  readonly declared: readonly string[] | undefined;
}

export function importsOf(sources: readonly SourceFile[]): readonly Import[] {
  const workspace = readWorkspace(sources);
  return sources
    .filter(({ path }) => isCode(path))
    .flatMap((source) =>
      moduleSyntax(source).references.map((reference) => ({
        ...reference,
        from: source.path,
        target: targetOf(reference.specifier, source.path, workspace),
      })),
    );
}

function targetOf(specifier: string, from: string, workspace: Workspace): Target {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(from), specifier);
    return { kind: 'file', home: homeOf(path), path };
  }
  if (!specifier.startsWith(scope)) return { kind: 'outside' };
  const [short = '', ...rest] = specifier.slice(scope.length).split('/');
  const name = scope + short;
  const known = workspace.get(name);
  return {
    kind: 'door',
    home: known?.folder ?? `packages/${short}`,
    path: known?.doors.get(['.', ...rest].join('/')),
    name,
    declared: known && [...known.doors.keys()],
  };
}
