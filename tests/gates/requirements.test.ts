import { checkRequirements } from '../../tools/gates/requirements.ts';
import { testGate } from './sample-tree.ts';

const table = 'docs/reference/requirements.md';
const rows = (...ids: readonly string[]): string =>
  ['# Requirements', '', '| Id | What |', '| --- | --- |', ...ids.map((id) => `| \`${id}\` | It is so. |`)].join('\n');

testGate(checkRequirements, [
  {
    title: 'requirements that are cited in titles, or in comments right above tests and cells of suites',
    tree: {
      [table]: rows('RT-ORDER-1', 'RT-ORDER-2', 'RT-GAP-1', 'RT-GAP-2', 'RT-GAP-10'),
      'tests/a.test.ts': `test('RT-ORDER-1: in order', run);\n// RT-ORDER-2, RT-GAP-1\n// why it is so\n  test.each<[string]>([`,
      'packages/testkit/src/suite.ts': `// RT-GAP-2\n  cell(\n    'gap'`,
      'packages/core/test/b.test.ts': `// RT-GAP-10\ntest.runIf(x)('y', run)`,
    },
    finds: [],
  },
  {
    title: 'a requirement without a test, also if only a longer id is cited',
    tree: {
      [table]: rows('RT-GAP-1', 'RT-GAP-10'),
      'tests/a.test.ts': `// RT-GAP-10\ntest('x', run);`,
      'packages/core/src/hub.ts': '// RT-GAP-1\ntest(x);',
    },
    finds: [`${table}:5`],
  },
  {
    title: 'a citation of what is not required',
    tree: { [table]: rows(), 'tests/a.test.ts': `\n// RT-GAP-1\ntest('x', run);` },
    finds: ['tests/a.test.ts:2'],
  },
  {
    title: 'a citation without a test below it does not count',
    tree: {
      [table]: rows('RT-GAP-1', 'RT-GAP-2'),
      'tests/a.test.ts': `// RT-GAP-1\nconst latest = 1;\n// RT-GAP-2\n\ntest('x', run);`,
    },
    finds: [`${table}:5`, `${table}:6`, 'tests/a.test.ts:1', 'tests/a.test.ts:3'],
  },
  {
    title: 'a test that is skipped, still to be written or known to fail proves nothing',
    tree: {
      [table]: rows('RT-GAP-1', 'RT-GAP-2', 'RT-GAP-3'),
      'tests/a.test.ts': [
        `// RT-GAP-1\ntest.skip('x', run);`,
        `// RT-GAP-2\ntest.fails.each([1])('y', run);`,
        `test.todo('RT-GAP-3: z');`,
      ].join('\n'),
    },
    finds: [`${table}:5`, `${table}:6`, `${table}:7`, 'tests/a.test.ts:1', 'tests/a.test.ts:3', 'tests/a.test.ts:5'],
  },
  {
    title: 'an id that comes twice',
    tree: { [table]: rows('RT-GAP-1', 'RT-GAP-1'), 'tests/a.test.ts': `// RT-GAP-1\ntest('x', run);` },
    finds: [`${table}:6`],
  },
]);
