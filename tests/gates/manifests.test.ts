import { expect, test } from 'vitest';
import { checkManifests } from '../../tools/gates/manifests.ts';
import { manifestOf, sourcesOf } from './sample-tree.ts';

const messagesFor = (text: string, name = 'protocol'): readonly string[] =>
  checkManifests(sourcesOf({ [`packages/${name}/package.json`]: text })).map(({ message }) => message);

test('a complete manifest, and the dependencies of its package', () => {
  expect(
    messagesFor(manifestOf('protocol', { devDependencies: { vitest: '1' }, peerDependencies: { ws: '8' } })),
  ).toEqual([]);
  expect(messagesFor(manifestOf('node', { dependencies: { '@rt/core': 'workspace:^', ws: '8' } }), 'node')).toEqual([]);
});

test('private packages are their own business', () => {
  expect(checkManifests(sourcesOf({ 'examples/chat/package.json': '{}', 'package.json': '{}' }))).toEqual([]);
});

test.each([
  ['name', { name: 'protocol' }],
  ['type', { type: 'commonjs' }],
  ['license', { license: undefined }],
  ['sideEffects', { sideEffects: undefined }],
  ['engines.node', { engines: { node: '>=18' } }],
  ['repository.url', { repository: { url: 'git+https://github.com/rt/core.git', directory: 'packages/protocol' } }],
  ['repository.directory', { repository: { url: 'git+https://github.com/rt/rt.git' } }],
  ['homepage', { homepage: 'https://example.com' }],
  ['bugs.url', { bugs: undefined }],
  ['publishConfig.access', { publishConfig: { access: 'restricted' } }],
  ['no description', { description: undefined }],
  ['no keywords', { keywords: [] }],
  ['no files list', { files: [] }],
  ['exports has no "."', { exports: {} }],
  ['exports "." has no "default"', { exports: { '.': { types: './dist/index.d.ts', import: './dist/index.js' } } }],
  ['exports "./x" has no "types"', { exports: { ...doors(), './x': { default: './dist/x.js' } } }],
  ['dependency ws', { dependencies: { ws: '8' } }],
  ['dependency bufferutil', { optionalDependencies: { bufferutil: '4' } }],
  ['script install', { scripts: { install: 'node-gyp rebuild' } }],
  ['script postinstall', { scripts: { postinstall: 'node x.js' } }],
])('%s', (start, changes) => {
  expect(messagesFor(manifestOf('protocol', changes))).toEqual([expect.stringContaining(start)]);
});

test('a package without a row, and a file that is no JSON', () => {
  expect(messagesFor(manifestOf('bun'), 'bun')).toEqual([expect.stringContaining('no row')]);
  expect(messagesFor('{')).toEqual([expect.stringContaining('not a JSON object')]);
});

test('the report points at the line of the key', () => {
  const [violation] = checkManifests(
    sourcesOf({ 'packages/protocol/package.json': manifestOf('protocol', { license: 'ISC' }) }),
  );
  expect(violation).toMatchObject({ file: 'packages/protocol/package.json', line: 20, rule: 'manifests' });
});

function doors() {
  return { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
}
