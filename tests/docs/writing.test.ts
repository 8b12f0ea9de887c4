import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withCode } from '../../tools/docs/code-fence.ts';
import { deadLinks } from '../../tools/docs/links.ts';
import { unformatted } from '../../tools/docs/pages.ts';
import { withTables } from '../../tools/docs/reference-table.ts';
import { streamCosts } from '../../tools/docs/stream-costs.ts';

let root = '';

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rt-docs-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

// RT-DOCS-1
test('a fence is filled with its region, without the indentation', () => {
  write('a.ts', 'function f() {\n  // #region one\n  if (x) {\n    y();\n  }\n  // #endregion\n}\n');
  const page = 'Before\n\n<!-- code a.ts#one -->\n\n```ts\nold();\n```\n\nAfter\n';
  const written = 'Before\n\n<!-- code a.ts#one -->\n\n```ts\nif (x) {\n  y();\n}\n```\n\nAfter\n';
  expect(withCode(page, root)).toBe(written);
  expect(withCode(written, root)).toBe(written);
  expect(() => withCode(page.replace('#one', '#two'), root)).toThrow('a.ts has no region two');
});

// RT-DOCS-1
test('a formatter changes nothing that counts, and another word does', () => {
  expect(unformatted('f(\n  a,\n  b,\n);')).toBe(unformatted('f(a, b);'));
  expect(unformatted('| a |\n| --- |')).toBe(unformatted('| a   |\n| ----- |'));
  expect(unformatted('f(a, c);')).not.toBe(unformatted('f(a, b);'));
});

// RT-DOCS-1
test('a table has each option with its type, its default and what it means', () => {
  write(
    'a.ts',
    'export interface A {\n  /** How often. @default 15_000 */\n  readonly everyMs?: number;\n  readonly name: string | null;\n}\n',
  );
  expect(withTables('<!-- options a.ts A -->\n<!-- end -->', root)).toContain(
    ['| `everyMs` | `number` | 15_000 | How often. |', '| `name` | `string \\| null` | must be given |  |'].join('\n'),
  );
  expect(() => withTables('<!-- options a.ts B -->\n<!-- end -->', root)).toThrow('a.ts has no interface B');
});

// RT-DOCS-1
test('a table has each shape of a union', () => {
  write(
    'a.ts',
    "export interface P { readonly x: 1 }\nexport type A =\n  /** It came. */\n  | { readonly type: 'a' | 'b'; readonly n?: number }\n  | ({ readonly type: 'c' } & P);\n",
  );
  expect(withTables('<!-- union a.ts A -->\n<!-- end -->', root)).toContain(
    ['| `a`, `b` | `n?` | It came. |', '| `c` | `x` |  |'].join('\n'),
  );
});

// RT-DOCS-5
test('links to files and headings that are not there are found, and others are not', () => {
  write('docs/b.md', '# The `b` of it\n\n## News?\n\n## It’s here\n');
  const page = [
    '[a](b.md) [b](b.md#the-b-of-it) [c](b.md#news) [d](https://example.com/x)',
    '[e](c.md) [f](b.md#gone) [i](b.md#it-s-here) [g](../a.ts)',
    '```md\n[h](z.md)\n```',
  ].join('\n');
  write('docs/a.md', page);
  expect(deadLinks('docs/a.md', page, root)).toEqual(['c.md', 'b.md#gone', 'b.md#it-s-here', '../a.ts']);
});

// RT-DOCS-6
test('the calculator’s numbers of streams are the medians of the bench, once it has been run', () => {
  expect(streamCosts(root)).toBeNull();
  const run = (scenario: string, load: string, contestant: string, numbers: object) => ({
    scenario,
    load,
    contestant,
    round: 0,
    numbers,
  });
  const measured = [
    ...[9, 8, 7].map((cpuUs, round) => ({
      ...run('websocket', '20 a second', 'rt express', { cpuUs, bytesPerMessage: 256 }),
      round,
    })),
    run('websocket', 'bursts of 20', 'rt express', { cpuUs: 0.0946, bytesPerMessage: 168 }),
    run('idle-websockets', 'idle', 'rt express', { rssKiB: 8.5 }),
    run('sse', '20 a second', 'rt express sse', { cpuUs: 8.834, bytesPerMessage: 172 }),
    run('sse', 'bursts of 20', 'rt express sse', { cpuUs: 0.1, bytesPerMessage: 166 }),
    run('idle-streams', 'idle', 'rt express sse', { rssKiB: 19 }),
    run('token-streams', 'a hundred', 'rt express', { cpuUs: 14 }),
    run('growth', 'growth', 'rt express', { connections: 19_500 }),
  ];
  const machine = { measuredAt: '2026-11-25T01:02:03Z', command: 'pnpm bench', node: 'v24.1.0', cpu: 'EPYC', cores: 2 };
  write('bench/results/results.json', JSON.stringify({ machine, rounds: 3, measured }));
  const text = unformatted(streamCosts(root) ?? '');
  const websocket = '{ writeUs: 8, furtherUs: 0.0946, writeBytes: 88, furtherBytes: 40, connectionKiB: 8.5 }';
  const sse = '{ writeUs: 8.83, furtherUs: 0.1, writeBytes: 6, furtherBytes: 38, connectionKiB: 19 }';
  expect(text).toContain(
    unformatted(`websocket: ${websocket}, sse: ${sse}, publicationUs: 6, heldByOneProcess: 19500`),
  );
  expect(text).toContain(unformatted("command: 'pnpm bench', measuredOn: '2026-11-25'"));
  write('bench/results/results.json', JSON.stringify({ machine, rounds: 3, measured: measured.slice(3) }));
  expect(() => streamCosts(root)).toThrow('no cpuUs of websocket / 20 a second');
});
