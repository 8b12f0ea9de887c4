import { expect, test } from 'vitest';
import { checkLength, lengthNotes } from '../../tools/gates/length.ts';
import { sourcesOf, testGate } from './sample-tree.ts';

const lines = (count: number): string => 'let x;\n'.repeat(count);

testGate(checkLength, [
  {
    title: '400 lines pass, and what is no source may be longer',
    tree: {
      'packages/core/src/hub.ts': lines(400),
      'packages/core/dist/hub.js': lines(500),
      'docs/guide.md': lines(500),
    },
    finds: [],
  },
  {
    title: '401 lines, with or without a last newline',
    tree: {
      'packages/core/src/hub.ts': lines(401),
      'examples/chat/src/app.ts': lines(401).trimEnd(),
      'tests/hub.test.ts': lines(401),
      'tools/run.mjs': lines(401),
    },
    finds: ['packages/core/src/hub.ts', 'examples/chat/src/app.ts', 'tests/hub.test.ts', 'tools/run.mjs'].map(
      (path) => `${path}:401`,
    ),
  },
]);

test('past 250 lines is a note', () => {
  const sources = sourcesOf({ 'tools/a.ts': lines(250), 'tools/b.ts': lines(251), 'tools/c.ts': lines(401) });
  expect(lengthNotes(sources).map(({ file }) => file)).toEqual(['tools/b.ts']);
});
