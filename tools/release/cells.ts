import { apps } from './apps.ts';
import type { App } from './apps.ts';

/** The versions of TypeScript that apps are compiled by. */
export const typescripts = { ts5: '~5.9.0', ts7: '^7.0.0' } as const;

/** The versions of Node that they run on: majors of `node` on the registry. */
export const nodes = { node22: '22', node24: '24', node26: '26' } as const;

export type TypescriptName = keyof typeof typescripts;
export type NodeName = keyof typeof nodes;

/** An app as one TypeScript compiles it, and on what it is to run. */
export interface Build {
  readonly app: App;
  readonly typescript: TypescriptName;
  readonly nodes: readonly NodeName[];
}

/**
 * All apps by all versions, or those that words name: each word narrows what it belongs to.
 *
 * @throws Error if a word names nothing
 */
export function buildsOf(words: readonly string[]): readonly Build[] {
  const names = apps.map(({ name }) => name);
  const typescriptNames = Object.keys(typescripts) as TypescriptName[];
  const nodeNames = Object.keys(nodes) as NodeName[];
  const known: readonly string[] = [...names, ...typescriptNames, ...nodeNames];
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new Error(`--only knows no ${unknown}; it knows ${known.join(', ')}`);

  const narrowed = <Name extends string>(all: readonly Name[]): readonly Name[] => {
    const wanted = all.filter((name) => words.includes(name));
    return wanted.length > 0 ? wanted : all;
  };
  const wantedNames = narrowed(names);
  return apps
    .filter(({ name }) => wantedNames.includes(name))
    .flatMap((app) => narrowed(typescriptNames).map((typescript) => ({ app, typescript, nodes: narrowed(nodeNames) })));
}
