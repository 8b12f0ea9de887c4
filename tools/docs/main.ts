// Fills the pages of docs/ with code of tests/docs and tables out of the source: `pnpm docs:write`.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPages, unformatted } from './pages.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const stale = readPages(root).filter(({ text, generated }) => unformatted(text) !== unformatted(generated));
for (const { path, generated } of stale) writeFileSync(join(root, path), generated);
if (stale.length > 0)
  execFileSync(
    join(root, 'node_modules/.bin/oxfmt'),
    stale.map(({ path }) => path),
    { cwd: root },
  );
for (const { path } of stale) console.log(`wrote ${path}`);
