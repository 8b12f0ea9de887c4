import { checkWorkflows } from '../../tools/gates/workflows.ts';
import { testGate } from './sample-tree.ts';

const commit = '11bd71901bbe5b1630ceea73d27597364c9af683';
const others = {
  'package.json': '{ "scripts": { "check": "true", "release": "true" } }',
  'tools/run.mjs': '',
  '.ci/run': '',
};

function workflow(...steps: readonly string[]): string {
  return ['permissions: {}', 'jobs:', '  test:', '    steps:', ...steps.map((step) => `      - ${step}`)].join('\n');
}

testGate(checkWorkflows, [
  {
    title: 'actions by their commit, and scripts that are there',
    tree: {
      ...others,
      '.github/workflows/ci.yml': workflow(
        `uses: actions/checkout@${commit}`,
        'run: bash .ci/run',
        'run: pnpm install && pnpm run check && pnpm exec tsc',
        `{ uses: 'changesets/action@${commit}', with: { publish-script: node tools/run.mjs release } }`,
      ),
    },
    finds: [],
  },
  {
    title: 'what is no YAML',
    tree: { ...others, '.github/workflows/ci.yml': `${workflow('run: bash .ci/run')}\n   - run: [` },
    finds: ['.github/workflows/ci.yml:6'],
  },
  {
    title: 'no permissions, and nothing to do',
    tree: { ...others, '.github/workflows/ci.yml': 'on: push' },
    finds: ['.github/workflows/ci.yml:1', '.github/workflows/ci.yml:1'],
  },
  {
    title: 'an action by its tag',
    tree: { ...others, '.github/workflows/ci.yml': workflow('run: bash .ci/run', 'uses: actions/checkout@v6') },
    finds: ['.github/workflows/ci.yml:6'],
  },
  {
    title: 'scripts and files that are not there',
    tree: {
      ...others,
      '.github/workflows/ci.yml': workflow(
        'run: bash .ci/gone',
        'run: npm run gone',
        'run: node tools/run.mjs gone',
        `{ uses: 'changesets/action@${commit}', with: { version-script: pnpm version-gone } }`,
      ),
    },
    finds: [5, 6, 7, 8].map((line) => `.github/workflows/ci.yml:${line}`),
  },
]);
