import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { gates } from '../../tools/gates/gates.ts';
import { readTree } from '../../tools/gates/source-tree.ts';

test('every gate is run once, under the rule that its reports carry', () => {
  const rules = gates.map(({ rule }) => rule);
  expect(new Set(rules).size).toBe(rules.length);
  const planted = [{ path: 'packages/protocol/src/Base.ts', text: `import '@rt/core';\nimport 'node:fs';` }];
  for (const { rule, check } of gates) {
    for (const violation of check(planted)) expect(violation.rule).toBe(rule);
  }
});

test('the tree is read with dot files and built JavaScript, without dependencies, caches and binary files', () => {
  const root = mkdtempSync(join(tmpdir(), 'gates-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const wanted = ['.ci/run', 'packages/core/dist/hub.js', 'packages/core/src/hub.ts'];
  const unwanted = ['node_modules/ws/index.js', '.turbo/x', 'packages/core/dist/hub.d.ts', 'a/.cache/b.ts', 'x.log'];
  for (const path of [...wanted, ...unwanted, 'logo.png']) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path === 'logo.png' ? '\0' : path);
  }
  expect(readTree(root).toSorted((a, b) => a.path.localeCompare(b.path))).toEqual(
    wanted.map((path) => ({ path, text: path })),
  );
});
