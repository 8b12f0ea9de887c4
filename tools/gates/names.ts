import { isCode } from './source-file.ts';
import type { SourceFile, Violation } from './source-file.ts';

/** Words that say where code was put, not what it is. */
const empty = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'base', 'impl']);

/** Code files, and the folders they are in, are called by kebab-case nouns that mean something. */
export function checkNames(sources: readonly SourceFile[]): readonly Violation[] {
  return sources
    .filter(({ path }) => isCode(path) && /^(?:packages|examples|tools|tests)\//.test(path))
    .flatMap(({ path }) => faultsOf(path).map((message) => ({ file: path, line: 1, rule: 'names', message })));
}

function faultsOf(path: string): readonly string[] {
  return path.split('/').flatMap((part) => {
    const stem = part.split('.')[0] ?? part;
    const last = stem.toLowerCase().split(/[-_]/).at(-1) ?? stem;
    if (empty.has(last)) return [`'${part}' says nothing about its content: name it after the one idea it holds`];
    if (/^[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(part)) return [];
    return [`'${part}' is not kebab-case: use lower-case words joined by hyphens`];
  });
}
