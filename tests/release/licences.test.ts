import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readInstalled } from '../../tools/gates/installed.ts';
import { checkLicences } from '../../tools/gates/licences.ts';

// RT-RELEASE-4
test('what is installed with the packages is looked at, and nothing of it is forbidden', () => {
  const installed = readInstalled(join(import.meta.dirname, '../..'));
  const paths = installed.map(({ path }) => path);
  expect(paths).toContain('node_modules/ws/package.json');
  expect(paths).toContain('node_modules/@standard-schema/spec/package.json');
  expect(paths).not.toContain('node_modules/vitest/package.json');
  expect(checkLicences(installed)).toEqual([]);
});
