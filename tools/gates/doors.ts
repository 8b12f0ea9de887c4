import { importsOf } from './imports.ts';
import type { Import } from './imports.ts';
import type { SourceFile, Violation } from './source-file.ts';
import { homeOf } from './workspace.ts';

/** A package is entered by its name or a declared subpath; inside it, imports are relative and end in `.ts`. */
export function checkDoors(sources: readonly SourceFile[]): readonly Violation[] {
  return importsOf(sources).flatMap((found) => {
    const message = faultOf(found);
    return message ? [{ file: found.from, line: found.line, rule: 'doors', message }] : [];
  });
}

function faultOf({ from, specifier, target }: Import): string | undefined {
  const own = homeOf(from);
  switch (target.kind) {
    case 'file':
      if (target.home !== own && [own, target.home].some(hasDoors)) {
        return `'${specifier}' leads out of ${own || 'the root'} by a relative path: import a package by its name`;
      }
      return isPackage(own) ? faultInside(from, specifier, target.path) : undefined;
    case 'door':
      if (!target.declared) return `there is no package ${target.name} in the workspace: check the name`;
      if (target.home === own && from.startsWith(`${own}/src/`)) {
        return `'${specifier}' is this package itself: import the file by a relative path`;
      }
      if (target.path !== undefined) return undefined;
      return `'${specifier}' is not declared in exports (${target.declared.join(', ') || 'none'} are): use one of those, or declare it`;
    case 'outside':
      if (!isPackage(own) || !/^[#/]|^file:/.test(specifier)) return undefined;
      return `'${specifier}' is neither relative nor a package: import the file by a relative path`;
  }
}

function faultInside(from: string, specifier: string, path: string): string | undefined {
  if (!/\.[cm]?tsx?$/.test(specifier)) {
    return `'${specifier}' does not name a TypeScript file: write the file with its .ts ending`;
  }
  const own = homeOf(from);
  if (path !== `${own}/src/index.ts`) return undefined;
  const instead = from.startsWith(`${own}/src/`) ? 'the file that defines it' : 'the package by its name';
  return `'${specifier}' is the package's own door: import ${instead}`;
}

function isPackage(home: string): boolean {
  return home.startsWith('packages/');
}

function hasDoors(home: string): boolean {
  return isPackage(home) || home.startsWith('examples/');
}
