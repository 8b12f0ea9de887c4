import { expect, test } from 'vitest';
import { tarballFaults } from '../../tools/release/tarball-faults.ts';
import type { PackedManifest } from '../../tools/release/tarballs.ts';

const manifest: PackedManifest = {
  name: '@rt/sample',
  version: '1.0.0',
  exports: {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
  bin: { sample: './dist/index.js' },
  dependencies: { '@rt/core': '^1.0.0' },
};

const whole: Readonly<Record<string, string>> = {
  LICENSE: 'MIT',
  'README.md': '# Sample',
  'package.json': '{}',
  'src/index.ts': 'export {};',
  'dist/index.d.ts': 'export {};',
  'dist/index.js': '#!/usr/bin/env node\nexport {};\n//# sourceMappingURL=index.js.map',
  'dist/index.js.map': '{"sources":["../src/index.ts"]}',
};

interface Changes {
  readonly manifest?: Partial<PackedManifest>;
  readonly files?: Readonly<Record<string, string>>;
  readonly without?: string;
}

function faultsWith({ manifest: changed = {}, files = {}, without = '' }: Changes): readonly string[] {
  const all = Object.entries({ ...whole, ...files }).filter(([path]) => path !== without);
  return tarballFaults({ files: new Map(all), manifest: { ...manifest, ...changed } });
}

// RT-RELEASE-1
test('a package that is whole has no faults', () => {
  expect(faultsWith({})).toEqual([]);
});

// RT-RELEASE-1
test.each<readonly [string, Changes]>([
  ['README.md is missing', { without: 'README.md' }],
  ['LICENSE is missing', { without: 'LICENSE' }],
  ['test/index.test.ts is nothing for users', { files: { 'test/index.test.ts': '' } }],
  ['src/index.test.ts is nothing for users', { files: { 'src/index.test.ts': '' } }],
  ['package.json wants @rt/core at workspace:^', { manifest: { dependencies: { '@rt/core': 'workspace:^' } } }],
  ['package.json wants vitest at catalog:', { manifest: { devDependencies: { vitest: 'catalog:' } } }],
  ['exports "." leads to ./dist/index.d.ts, which is missing', { without: 'dist/index.d.ts' }],
  ['bin "sample" leads to ./dist/other.js, which is missing', { manifest: { bin: { sample: './dist/other.js' } } }],
  ['dist/index.js has a map index.js.map, which is missing', { without: 'dist/index.js.map' }],
  ['dist/index.js.map maps src/index.ts, which is missing: build it anew', { without: 'src/index.ts' }],
  ['bin "sample" leads to ./dist/index.js, which has no #! line', { files: { 'dist/index.js': 'export {};' } }],
])('%s', (fault, changes) => {
  expect(faultsWith(changes)).toEqual([fault]);
});
