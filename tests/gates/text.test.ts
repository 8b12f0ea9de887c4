import { checkText } from '../../tools/gates/text.ts';
import { testGate } from './sample-tree.ts';

// Put together here, so that this file passes the gate it tests.
const pathOf = (...parts: readonly string[]): string => ['', ...parts].join('/');
const reminder = ['TO', 'DO'].join('');
const registry = ['registry', 'npmjs', 'org'].join('.');

testGate(checkText, [
  {
    title: 'relative paths, routes, URLs, and reminders with a number or in quotes',
    tree: {
      'docs/guide.md': `https://example.com${pathOf('home', 'a')} ./tmp/x and \`${reminder}\` and npm's registry`,
      'tools/run.ts': `join(root, 'work/x'); join(tmpdir(), 'x'); \`\${root}${pathOf('work', 'x')}\``,
      'packages/core/src/hub.ts': `// ${reminder}(#12): conflate\n// ${reminder} #12\napp.get('/homepage/x');`,
      'packages/core/dist/hub.js': `'${pathOf('root', 'x')}'`,
    },
    finds: [],
  },
  {
    title: 'paths of one machine',
    tree: {
      '.ci/run': `cd ${pathOf('work', 'main')}\ncat "${pathOf('home', 'me', 'x')}"`,
      'tests/a.test.ts': `writeFile('${pathOf('tmp', 'x')}')`,
      'docs/guide.md': `see ${pathOf('root', '.npmrc')}, C:${pathOf('Users', 'me')}`,
    },
    finds: ['.ci/run:1', '.ci/run:2', 'tests/a.test.ts:1', 'docs/guide.md:1', 'docs/guide.md:1'],
  },
  {
    title: 'the address of a registry',
    tree: { 'pnpm-lock.yaml': `a: 1\ntarball: https://${registry}/ws/-/ws-8.0.0.tgz` },
    finds: ['pnpm-lock.yaml:2'],
  },
  {
    title: 'reminders without a number',
    tree: { 'packages/core/src/hub.ts': `// ${reminder}: later\n\n/** ${'FIX'}ME soon */` },
    finds: ['packages/core/src/hub.ts:1', 'packages/core/src/hub.ts:3'],
  },
]);
