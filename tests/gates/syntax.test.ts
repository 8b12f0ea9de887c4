import { checkSyntax } from '../../tools/gates/syntax.ts';
import { testGate } from './sample-tree.ts';

const inPackage = (...lines: readonly string[]) => ({ 'packages/core/src/hub.ts': lines.join('\n') });
const allOf = (count: number) => Array.from({ length: count }, (_, at) => `packages/core/src/hub.ts:${at + 1}`);

testGate(checkSyntax, [
  {
    title: 'named exports, augmentations, await inside functions',
    tree: {
      ...inPackage(
        `export { default as express } from 'express';`,
        `declare global { interface Window {} }`,
        `declare module 'express' { interface Request {} }`,
        `export async function run() { await 1; for await (const x of []) await x; }`,
        `export const start = async () => { await using timer = await run(); };`,
        `export class Hub { async open() { await 1; } }`,
        `// await outside; export default 1; enum A {}`,
      ),
      'vitest.config.ts': `export default await 1;`,
      'tests/await.test.ts': `await 1;`,
    },
    finds: [],
  },
  {
    title: 'default exports',
    tree: inPackage(`export default 1;`, `export { a as default };`, `export { default } from './a.ts';`),
    finds: allOf(3),
  },
  {
    title: 'enums and namespaces',
    tree: inPackage(`enum A { B }`, `declare const enum C { D }`, `export namespace E { export const f = 1; }`),
    finds: allOf(3),
  },
  {
    title: 'top-level await',
    tree: inPackage(
      `const a = await 1;`,
      `for await (const b of []);`,
      `await using c = d;`,
      `if (a) { await import('./e.ts'); }`,
    ),
    finds: allOf(4),
  },
  { title: 'what does not parse', tree: { 'tools/a.ts': `const ok = 1;\nconst = ;` }, finds: ['tools/a.ts:2'] },
]);
