import { checkClean } from '../../tools/gates/clean.ts';
import { testGate } from './sample-tree.ts';

testGate(checkClean, [
  {
    title: 'builtins where Node is at home',
    tree: {
      'packages/core/src/hub.ts': `import '@rt/protocol';\nimport './events.ts';`,
      'packages/core/test/hub.test.ts': `import 'node:net';`,
      'packages/node/src/body.ts': `import 'node:http';`,
      'packages/node/dist/body.js': `import 'node:http';`,
    },
    finds: [],
  },
  {
    title: 'a builtin with and without its prefix, as a type, and a subpath',
    tree: {
      'packages/protocol/src/clock.ts': `import { performance } from 'node:perf_hooks';`,
      'packages/client/src/client.ts': `\nimport type { EventEmitter } from 'events';`,
      'packages/core/src/hub.ts': `export const read = () => import('fs/promises');`,
    },
    finds: ['packages/protocol/src/clock.ts:1', 'packages/client/src/client.ts:2', 'packages/core/src/hub.ts:1'],
  },
  {
    title: 'a builtin in a built file',
    tree: { 'packages/core/dist/hub/hub.js': `import { randomUUID } from 'node:crypto';` },
    finds: ['packages/core/dist/hub/hub.js:1'],
  },
]);
