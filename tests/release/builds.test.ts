import { expect, test } from 'vitest';
import { buildsOf } from '../../tools/release/cells.ts';

const namesOf = (...words: readonly string[]): readonly string[] =>
  buildsOf(words).map(({ app, typescript, nodes }) => `${app.name} ${typescript} ${nodes.join(' ')}`);

test('every app is compiled by both versions of TypeScript, and runs on three of Node', () => {
  expect(namesOf()).toHaveLength(14);
  expect(namesOf()).toContain('express-cjs ts5 node22 node24 node26');
});

test('words narrow what they belong to', () => {
  expect(namesOf('koa', 'node22')).toEqual(['koa ts5 node22', 'koa ts7 node22']);
  expect(namesOf('ts7', 'koa', 'nest', 'node26')).toEqual(['koa ts7 node26', 'nest ts7 node26']);
});

test('a word that names nothing is refused with what there is', () => {
  expect(() => buildsOf(['hapi'])).toThrow(/knows no hapi; it knows express-cjs, .*node26/);
});
