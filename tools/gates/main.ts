// The rules of the house that no other tool checks: `node tools/gates/main.ts` from anywhere in the repository.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gates } from './gates.ts';
import { lengthNotes } from './length.ts';
import type { Violation } from './source-file.ts';
import { readTree } from './source-tree.ts';

const started = performance.now();
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const sources = readTree(root);
const results = gates.map(({ check, alsoReads }) => check([...sources, ...(alsoReads?.(root) ?? [])]));

for (const note of lengthNotes(sources)) print({ ...note, rule: `${note.rule} (note)` });
for (const violation of results.flat()) print(violation);

const failed = results.filter((violations) => violations.length > 0).length;
const seconds = ((performance.now() - started) / 1000).toFixed(1);
// .ci/run reads the two numbers out of this line.
console.log(`gates: ${gates.length - failed} passed, ${failed} failed (${sources.length} files, ${seconds} s)`);
process.exitCode = failed > 0 ? 1 : 0;

function print({ file, line, rule, message }: Violation): void {
  console.log(`${file}:${line}  ${rule}  ${message}`);
}
