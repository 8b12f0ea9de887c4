import { checkNames } from '../../tools/gates/names.ts';
import { testGate } from './sample-tree.ts';

const clean = [
  'packages/core/src/index.ts',
  'packages/core/src/common-prefix.ts',
  'packages/core/src/base64.ts',
  'packages/core/test/hub.test-d.ts',
  'packages/nest/src/rt.module.ts',
  'docs/README.md',
];

const empty = [
  'packages/core/src/utils.ts',
  'packages/core/src/helpers/sse.ts',
  'packages/core/test/common.test.ts',
  'examples/chat/src/connection-manager.ts',
  'tools/base.mjs',
  'tests/broker-impl.ts',
];

const unlikeKebab = ['packages/core/src/HubOptions.ts', 'packages/core/src/hub_options.ts', 'tests/Hosts/express.ts'];

const tree = (paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, '']));
const firstLines = (paths: readonly string[]) => paths.map((path) => `${path}:1`);

testGate(checkNames, [
  { title: 'nouns in kebab-case', tree: tree(clean), finds: [] },
  { title: 'names that say nothing', tree: tree(empty), finds: firstLines(empty) },
  { title: 'other cases', tree: tree(unlikeKebab), finds: firstLines(unlikeKebab) },
]);
