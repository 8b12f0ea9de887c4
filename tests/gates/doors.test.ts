import { checkDoors } from '../../tools/gates/doors.ts';
import { manifestOf, testGate } from './sample-tree.ts';

const manifests = {
  'packages/protocol/package.json': manifestOf('protocol'),
  'packages/core/package.json': manifestOf('core', {
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './broker': { types: './dist/broker/contract.d.ts', default: './dist/broker/contract.js' },
    },
  }),
};

const within = (path: string, ...lines: readonly string[]) => ({ ...manifests, [path]: lines.join('\n') });

testGate(checkDoors, [
  {
    title: 'names, declared subpaths and relative files',
    tree: {
      ...within('packages/core/src/hub/hub.ts', `import '@rt/protocol';`, `import '../log/log.ts';`, `import 'ws';`),
      'packages/core/test/hub.test.ts': `import '@rt/core';\nimport '../src/hub/hub.ts';`,
      'tests/brokers/memory.test.ts': `import '@rt/core/broker';\nimport '../../tools/chromium.ts';`,
    },
    finds: [],
  },
  {
    title: 'a relative path into another package, from a package and from tests/',
    tree: {
      ...within('packages/core/src/hub.ts', `import '../../protocol/src/position.ts';`),
      'tests/hub.test.ts': `import '../packages/core/src/hub.ts';`,
    },
    finds: ['packages/core/src/hub.ts:1', 'tests/hub.test.ts:1'],
  },
  {
    title: 'a relative path out of the package',
    tree: within('packages/core/src/hub.ts', `import '../../../vitest.config.ts';`),
    finds: ['packages/core/src/hub.ts:1'],
  },
  {
    title: 'an undeclared deep path, and a package that is not there',
    tree: within('tests/hub.test.ts', `import '@rt/core/dist/hub.js';`, `import '@rt/cor';`),
    finds: ['tests/hub.test.ts:1', 'tests/hub.test.ts:2'],
  },
  {
    title: 'its own name, its own door, a missing ending, an alias',
    tree: within(
      'packages/core/src/hub.ts',
      `import '@rt/core';`,
      `import type { Hub } from './index.ts';`,
      `import './log';`,
      `import './log.js';`,
      `import '#log';`,
    ),
    finds: [1, 2, 3, 4, 5].map((line) => `packages/core/src/hub.ts:${line}`),
  },
  {
    title: 'a test that takes the door by its file',
    tree: within('packages/core/test/hub.test.ts', `import '../src/index.ts';`),
    finds: ['packages/core/test/hub.test.ts:1'],
  },
]);
