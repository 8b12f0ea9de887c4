import { expect, test } from 'vitest';
import { PublicNames } from '../../tools/release/api/public-names.ts';

function snapshotOf(files: Readonly<Record<string, string>>): string {
  const names = new PublicNames((path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`nothing is at ${path}`);
    return text;
  });
  return names.snapshot('dist/index.d.ts');
}

// RT-RELEASE-2
test('names come in their order, without comments, from wherever they are declared', () => {
  const snapshot = snapshotOf({
    'dist/index.d.ts': `export type { B } from './b.ts';\nexport { a } from './a.ts';`,
    'dist/a.d.ts': '/** Says a. */\nexport declare function a(one: string /* of two */): void;',
    'dist/b.d.ts': 'export interface B {\n    /** What. */\n    readonly b: number;\n}',
  });
  expect(snapshot).toBe(
    'export interface B {\n    readonly b: number;\n}\n\nexport declare function a(one: string ): void;',
  );
});

// RT-RELEASE-2
test('what a public name is made of is part of it, and what is beside it is not', () => {
  const snapshot = snapshotOf({
    'dist/index.d.ts': `export * from './a.ts';`,
    'dist/a.d.ts': `import type { Inner as Kept } from './b.ts';
import type { Params } from '@rt/protocol';
type Local = Kept | Params;
type Beside = 1;
export declare const a: (Beside: number) => Local;
export {};`,
    'dist/b.d.ts': 'export interface Inner {\n}\nexport interface Other {\n}',
  });
  expect(snapshot.split('\n\n')).toEqual([
    `import type { Params } from '@rt/protocol';`,
    'export declare const a: (Beside: number) => Local;',
    '// Not exported, and part of what is.',
    'interface Inner {\n}',
    'type Local = Kept | Params;',
  ]);
});

// RT-RELEASE-2
test('overloads, a type and a value of one name, other names, and what is added to other modules', () => {
  const snapshot = snapshotOf({
    'dist/index.d.ts': `export declare function f(one: 1): 1;
export declare function f(two: 2): 2;
export type V = 1;
export declare const V: V;
declare const first: V;
export { first as default };
export { RtError } from '@rt/protocol';
declare module 'host' {
    interface Host {
        v: V;
    }
}`,
  });
  expect(snapshot.split('\n\n')).toEqual([
    'export type V = 1;\nexport declare const V: V;',
    'export declare function f(one: 1): 1;\nexport declare function f(two: 2): 2;',
    `export { RtError } from '@rt/protocol';`,
    'export { first as default };',
    `declare module 'host' {\n    interface Host {\n        v: V;\n    }\n}`,
    '// Not exported, and part of what is.',
    'declare const first: V;',
  ]);
});
