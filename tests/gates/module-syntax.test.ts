import { expect, test } from 'vitest';
import { moduleSyntax } from '../../tools/gates/module-syntax.ts';

const text = `import first, { type Second } from 'value';
import type { Third } from "type";
import {
  fourth,
} from 'multi-line';
import 'effect';
export * from 'star';
export { fifth } from 'name';
export type { Sixth } from 'type-name';
export const load = (): unknown => import('dynamic');
export const loadTemplate = (): unknown => import(\`template\`);
export type Seventh = import('import-type').Seventh;
export type Eighth = typeof import('type-query');
declare module 'augmented' {}
import required = require('require');
// import no from 'line comment';
/* export * from 'block comment'; */
export const string = "import no from 'string'";
export const template = \`\${first} import('no') from 'template'\`;
export const pattern = /import x from 'pattern'/;
export const computed = (name: string): unknown => import(name);
`;

test('finds every form of reference with its line, and none in strings, comments or patterns', () => {
  const { references } = moduleSyntax({ path: 'sample.ts', text });
  expect(references.map(({ line, specifier }) => `${line} ${specifier}`)).toEqual([
    '1 value',
    '2 type',
    '5 multi-line',
    '6 effect',
    '7 star',
    '8 name',
    '9 type-name',
    '10 dynamic',
    '11 template',
    '12 import-type',
    '13 type-query',
    '14 augmented',
    '15 require',
  ]);
});
