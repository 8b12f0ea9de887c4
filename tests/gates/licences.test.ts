import { checkLicences } from '../../tools/gates/licences.ts';
import { manifestOf, testGate } from './sample-tree.ts';

const own = { LICENSE: 'MIT License', 'packages/core/package.json': manifestOf('core') };
const installed = (license: unknown): string => JSON.stringify({ name: 'ws', license }, undefined, 2);

testGate(checkLicences, [
  {
    title: 'licences that allow it, one of several among them',
    tree: {
      ...own,
      'packages/core/LICENSE': 'MIT License',
      'node_modules/ws/package.json': installed('MIT'),
      'node_modules/a/package.json': installed('(GPL-3.0-only OR Apache-2.0)'),
      'node_modules/b/package.json': installed('(MIT AND BSD-3-Clause)'),
    },
    finds: [],
  },
  {
    title: 'a package without the licence of the repository, or with another one',
    tree: {
      ...own,
      'packages/node/package.json': manifestOf('node'),
      'packages/node/LICENSE': 'another one',
    },
    finds: ['packages/core/package.json:1', 'packages/node/package.json:1'],
  },
  {
    title: 'dependencies with another licence, one of two that hold together, or none',
    tree: {
      'node_modules/a/package.json': installed('GPL-3.0-only'),
      'node_modules/b/package.json': installed('MIT AND SSPL-1.0'),
      'node_modules/c/package.json': installed(undefined),
      'node_modules/d/package.json': installed({ type: 'MIT' }),
    },
    finds: [
      'node_modules/a/package.json:3',
      'node_modules/b/package.json:3',
      'node_modules/c/package.json:1',
      'node_modules/d/package.json:3',
    ],
  },
]);
