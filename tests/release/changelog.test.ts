import { expect, test } from 'vitest';
import { getDependencyReleaseLine, getReleaseLine } from '../../tools/release/changelog.ts';

test('a changeset is one item, whose other lines and paragraphs belong to it', () => {
  expect(getReleaseLine({ summary: 'One.  \nTwo.\n\nThree.' })).toBe('- One.\n  Two.\n\n  Three.');
});

test('which packages are wanted is one line, and none where there are none', () => {
  const updated = [
    { name: '@rt/core', newVersion: '1.2.0' },
    { name: '@rt/node', newVersion: '1.2.0' },
  ];
  expect(getDependencyReleaseLine([], updated)).toBe('- With `@rt/core` 1.2.0, `@rt/node` 1.2.0.');
  expect(getDependencyReleaseLine([], [])).toBe('');
});
