import { expect, test } from 'vitest';
import { checkCircles } from '../../tools/gates/circles.ts';
import { manifestOf, sourcesOf, testGate } from './sample-tree.ts';

const knot = {
  'packages/core/src/a.ts': `import './leaf.ts';\nimport type { B } from './b.ts';`,
  'packages/core/src/b.ts': `export { c } from './c.ts';`,
  'packages/core/src/c.ts': `export const a = () => import('./a.ts');`,
  'packages/core/src/leaf.ts': ``,
};

testGate(checkCircles, [
  {
    title: 'a diamond is no circle',
    tree: {
      'tools/a.ts': `import './b.ts';\nimport './c.ts';`,
      'tools/b.ts': `import './d.ts';`,
      'tools/c.ts': `import './d.ts';`,
      'tools/d.ts': `import './missing.ts';\nimport 'vitest';`,
    },
    finds: [],
  },
  { title: 'three files, through a type and a dynamic import', tree: knot, finds: ['packages/core/src/a.ts:2'] },
  { title: 'a file and itself', tree: { 'tools/a.ts': `import './a.ts';` }, finds: ['tools/a.ts:1'] },
  {
    title: 'two knots, one report each',
    tree: {
      'tools/a.ts': `import './b.ts';`,
      'tools/b.ts': `import './a.ts';\nimport './c.ts';`,
      'tools/c.ts': `import './d.ts';`,
      'tools/d.ts': `import './c.ts';`,
    },
    finds: ['tools/c.ts:1', 'tools/a.ts:1'],
  },
  {
    title: 'through the doors of packages',
    tree: {
      'packages/core/package.json': manifestOf('core'),
      'packages/core/src/index.ts': `export * from './hub.ts';`,
      'packages/core/src/hub.ts': `import '@rt/node';`,
      'packages/node/package.json': manifestOf('node'),
      'packages/node/src/index.ts': `import '@rt/core';`,
    },
    finds: ['packages/core/src/hub.ts:1'],
  },
]);

test('the report shows the circle', () => {
  const [violation] = checkCircles(sourcesOf(knot));
  const file = (name: string): string => `packages/core/src/${name}.ts`;
  expect(violation?.message).toContain(['a', 'b', 'c', 'a'].map(file).join(' → '));
});
