import { importsOf } from './imports.ts';
import { isCode } from './source-file.ts';
import type { SourceFile, Violation } from './source-file.ts';
import { shortestCycle, strongComponents } from './strong-components.ts';

/** No file reaches itself by imports, type imports included: one report per knot, with its shortest circle. */
export function checkCircles(sources: readonly SourceFile[]): readonly Violation[] {
  const lines = importLines(sources);
  const graph = new Map([...lines].map(([path, imports]) => [path, [...imports.keys()]]));
  return strongComponents(graph).flatMap((component) => {
    const [start = ''] = component.toSorted();
    const cycle = shortestCycle(graph, start);
    if (!cycle) return [];
    const line = lines.get(start)?.get(cycle[1] ?? start) ?? 1;
    const message = `import circle ${cycle.join(' → ')}: move what they share into a file that imports neither`;
    return [{ file: start, line, rule: 'circles', message }];
  });
}

/** For each file, the files of the tree it imports, with the line of the first import. */
function importLines(sources: readonly SourceFile[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const files = new Map(
    sources.filter(({ path }) => isCode(path)).map(({ path }) => [path, new Map<string, number>()]),
  );
  for (const { from, line, target } of importsOf(sources)) {
    const imports = files.get(from);
    if (target.kind === 'outside' || target.path === undefined || !files.has(target.path)) continue;
    if (imports && !imports.has(target.path)) imports.set(target.path, line);
  }
  return files;
}
