import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { deadLinks } from '../../tools/docs/links.ts';
import { readPages, unformatted } from '../../tools/docs/pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = readPages(root);

/** The code of these is compared by tests of their own. */
const comparedElsewhere =
  /^docs\/(?:hosts\/(?!index)|guides\/(?:recipes|scaling|metrics|cli)\.md|internals\/(?:performance|security)\.md)/;
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

// RT-DOCS-5
test.each(pages)('the links of $path lead somewhere', ({ path, text }) => {
  expect(deadLinks(path, text, root)).toEqual([]);
});
