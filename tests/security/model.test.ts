import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const table = readFileSync(new URL('docs/internals/security.md', root), 'utf8');
const rows = table.split('\n').filter((line) => line.startsWith('| ') && line.includes('.ts`'));

/** What a row cites: names of tests, each in the file that is named last before it. */
function cited(row: string): readonly (readonly [string, string])[] {
  let path = '';
  return [...row.matchAll(/`([\w./-]+\.ts)`|“([^”]+)”/g)].flatMap(([, file, name]) => {
    path = file ?? path;
    return name === undefined ? [] : [[path.startsWith('packages/') ? path : `tests/${path}`, name] as const];
  });
}

test('each row of the threat model names tests that are there', () => {
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(cited(row), row).not.toEqual([]);
  const missing = rows.flatMap(cited).filter(([path, name]) => {
    const text = readFileSync(new URL(path, root), 'utf8');
    return !text.includes(`'${name}'`);
  });
  expect(missing).toEqual([]);
});
