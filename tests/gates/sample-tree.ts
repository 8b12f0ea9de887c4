import { expect, test } from 'vitest';
import type { Gate, SourceFile } from '../../tools/gates/source-file.ts';

/** Files by path. */
export type SampleTree = Readonly<Record<string, string>>;

/** What a gate is shown, and the places it must report, as `path:line`; none for a clean sample. */
export interface Sample {
  readonly title: string;
  readonly tree: SampleTree;
  readonly finds: readonly string[];
}

export function sourcesOf(tree: SampleTree): readonly SourceFile[] {
  return Object.entries(tree).map(([path, text]) => ({ path, text }));
}

/** One test per sample: the gate reports these places and no others. */
export function testGate(check: Gate['check'], samples: readonly Sample[]): void {
  test.each(samples)('$title', ({ tree, finds }) => {
    expect(check(sourcesOf(tree)).map(({ file, line }) => `${file}:${line}`)).toEqual(finds);
  });
}

/** The package.json of a workspace package that breaks no rule. */
export function manifestOf(name: string, changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify(
    {
      name: `@rt/${name}`,
      description: 'What it is',
      keywords: ['realtime'],
      homepage: `https://github.com/rt/rt/tree/main/packages/${name}#readme`,
      bugs: { url: 'https://github.com/rt/rt/issues' },
      repository: { type: 'git', url: 'git+https://github.com/rt/rt.git', directory: `packages/${name}` },
      publishConfig: { access: 'public' },
      type: 'module',
      license: 'MIT',
      sideEffects: false,
      engines: { node: '>=22.12' },
      files: ['dist', 'src'],
      exports: {
        '.': { types: './dist/index.d.ts', default: './dist/index.js' },
        './package.json': './package.json',
      },
      ...changes,
    },
    undefined,
    2,
  );
}
