import { importsOf } from './imports.ts';
import { levels, testkit } from './level-table.ts';
import type { SourceFile, Violation } from './source-file.ts';
import { homeOf } from './workspace.ts';

/** Imports between packages point down only; type imports count. */
export function checkLevels(sources: readonly SourceFile[]): readonly Violation[] {
  return importsOf(sources).flatMap(({ from, line, target }) => {
    const own = homeOf(from);
    const message = target.kind === 'outside' || target.home === own ? undefined : faultOf(own, target.home);
    return message ? [{ file: from, line, rule: 'levels', message }] : [];
  });
}

function faultOf(from: string, to: string): string | undefined {
  const importer = packageOf(from);
  const imported = packageOf(to);
  if (imported === testkit.name) {
    return from === 'tests' ? undefined : 'only tests/ may import @rt/testkit: move this test to tests/';
  }
  if (importer === undefined) return undefined;
  if (imported === undefined) {
    return `a package imports packages only, not ${to || 'the root'}: move what is shared into a package`;
  }
  if (importer === testkit.name) {
    if (testkit.mayImport.some((name) => name === imported)) return undefined;
    return `testkit may import ${testkit.mayImport.join(' and ')} only, not ${imported}: take it as an argument`;
  }
  const own = levels[importer];
  const other = levels[imported];
  if (own === undefined || other === undefined) {
    return `${own === undefined ? importer : imported} has no level: add it to tools/gates/level-table.ts`;
  }
  if (other < own) return undefined;
  const way = other === own ? 'sideways' : 'upward';
  return `${importer} (level ${own}) imports ${way} from ${imported} (level ${other}): move the shared part to a lower level`;
}

function packageOf(home: string): string | undefined {
  return home.startsWith('packages/') ? home.slice('packages/'.length) : undefined;
}
