import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { deadLinks } from '../../tools/docs/links.ts';
import { readPages, unformatted } from '../../tools/docs/pages.ts';
import { streamCosts, streamsPath } from '../../tools/docs/stream-costs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = readPages(root);

/** The code of these is compared by tests of their own. */
const comparedElsewhere = /^(?:README\.md|docs\/(?:hosts\/(?!index)|guides\/(?:recipes|scaling|metrics|cli)\.md))/;
const typescript = /^```tsx?\n/gm;
const marked = /<!-- code \S+ -->\n+```tsx?\n/g;

// RT-DOCS-1
test.each(pages)('$path shows what the source says', ({ text, generated }) => {
  expect(unformatted(text), 'write it anew: pnpm docs:write').toBe(unformatted(generated));
});

// RT-DOCS-2
test.each(pages.filter(({ path }) => !comparedElsewhere.test(path)))(
  'all TypeScript of $path is compiled',
  ({ text }) => {
    expect(text.match(marked)?.length ?? 0).toBe(text.match(typescript)?.length ?? 0);
  },
);

// RT-DOCS-2
test('all TypeScript of the guide to metrics is compiled', () => {
  const read = (path: string): string => unformatted(readFileSync(`${root}${path}`, 'utf8'));
  const compiled = ['measures.ts', 'traces.ts'].map((file) => read(`tests/docs/metrics/${file}`)).join('');
  const guide = readFileSync(`${root}docs/guides/metrics.md`, 'utf8');
  const blocks = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => unformatted(code));
  expect(blocks.length).toBeGreaterThan(3);
  for (const block of blocks) expect(compiled).toContain(block);
});

// RT-DOCS-5
test.each(pages)('the links of $path lead somewhere', ({ path, text }) => {
  expect(deadLinks(path, text, root)).toEqual([]);
});

// RT-DOCS-6
test('the calculator has the numbers of the last bench', () => {
  const text = readFileSync(`${root}${streamsPath}`, 'utf8');
  expect(unformatted(text), 'write it anew: pnpm docs:write').toBe(unformatted(streamCosts(root) ?? text));
});
