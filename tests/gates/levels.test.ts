import { checkLevels } from '../../tools/gates/levels.ts';
import { testGate } from './sample-tree.ts';

testGate(checkLevels, [
  {
    title: 'down is allowed, over several levels too',
    tree: {
      'packages/core/src/hub.ts': `import { RtError } from '@rt/protocol';`,
      'packages/express-sse/src/index.ts': `import type { Hub } from '@rt/core';\nexport * from '@rt/node';`,
      'packages/testkit/src/suite.ts': `import type { Broker } from '@rt/core/broker';\nimport '@rt/protocol';`,
      'tests/hosts/express.test.ts': `import '@rt/testkit';\nimport '@rt/express-sse';`,
      'examples/chat/src/app.ts': `import '@rt/express-sse';`,
    },
    finds: [],
  },
  {
    title: 'upward',
    tree: { 'packages/protocol/src/position.ts': `import { Hub } from '@rt/core';` },
    finds: ['packages/protocol/src/position.ts:1'],
  },
  {
    title: 'sideways, in a type only',
    tree: { 'packages/client/src/client.ts': `\nexport type Hub = import('@rt/core').Hub;` },
    finds: ['packages/client/src/client.ts:2'],
  },
  {
    title: 'upward by a relative path, and in a test',
    tree: { 'packages/core/test/hub.test.ts': `import '../../node/src/body.ts';` },
    finds: ['packages/core/test/hub.test.ts:1'],
  },
  {
    title: 'testkit from anywhere but tests/',
    tree: {
      'packages/core/test/hub.test.ts': `import '@rt/testkit';`,
      'examples/chat/src/app.ts': `import '@rt/testkit';`,
    },
    finds: ['packages/core/test/hub.test.ts:1', 'examples/chat/src/app.ts:1'],
  },
  {
    title: 'testkit with a host',
    tree: { 'packages/testkit/src/suite.ts': `import '@rt/node';` },
    finds: ['packages/testkit/src/suite.ts:1'],
  },
  {
    title: 'a package with an example or a tool',
    tree: {
      'packages/node/src/body.ts': `import '@rt/example-ui';\nimport '../../../tools/chromium.ts';`,
      'examples/ui/package.json': `{ "name": "@rt/example-ui" }`,
    },
    finds: ['packages/node/src/body.ts:1', 'packages/node/src/body.ts:2'],
  },
  {
    title: 'a package without a level',
    tree: { 'packages/bun/src/index.ts': `import '@rt/core';` },
    finds: ['packages/bun/src/index.ts:1'],
  },
]);
