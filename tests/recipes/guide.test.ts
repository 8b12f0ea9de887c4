import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const recipes = ['channels.ts', 'order.ts', 'rt.ts', 'tanstack-query.ts', 'swr.ts', 'zustand.ts'];

test.each(recipes)('the guide shows %s as it is tested', (file) => {
  const guide = readFileSync(new URL('../../docs/guides/recipes.md', import.meta.url), 'utf8');
  const code = readFileSync(new URL(file, import.meta.url), 'utf8');
  expect(guide).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
});
