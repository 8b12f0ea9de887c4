// Fills the pages of docs/ with code of tests/docs and tables out of the source, and the calculator with what was measured:
// `pnpm docs:write`.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPages, unformatted } from './pages.ts';
import { streamCosts, streamsPath } from './stream-costs.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const stale: { readonly path: string; readonly generated: string }[] = readPages(root).filter(
  ({ text, generated }) => unformatted(text) !== unformatted(generated),
);
const costs = streamCosts(root);
if (costs !== null && unformatted(costs) !== unformatted(readFileSync(join(root, streamsPath), 'utf8')))
  stale.push({ path: streamsPath, generated: costs });
for (const { path, generated } of stale) writeFileSync(join(root, path), generated);
if (stale.length > 0)
  execFileSync(
    join(root, 'node_modules/.bin/oxfmt'),
    stale.map(({ path }) => path),
    { cwd: root },
  );
for (const { path } of stale) console.log(`wrote ${path}`);
