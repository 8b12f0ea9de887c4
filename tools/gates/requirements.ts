import { isCode, lineAt } from './source-file.ts';
import type { SourceFile, Violation } from './source-file.ts';

/** The table of what is required, each with an id that tests cite. */
const tablePath = 'docs/reference/requirements.md';

const row = /^\| `(RT-[A-Z]+-[1-9]\d*)` +\|/gm;
const id = /\bRT-[A-Z]+-\d+\b/g;
/** A test that runs and has to pass. */
const testCall = /\b(?:test|cell)\b(?:\.(?!skip|todo|fails)\w+)*[(<]/;

interface Citation {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  /** Whether it stands in a test's title, or in a comment right above a test. */
  readonly atTest: boolean;
}

/** Every requirement is cited by a test, and every citation is of a requirement. */
export function checkRequirements(sources: readonly SourceFile[]): readonly Violation[] {
  const table = sources.find(({ path }) => path === tablePath);
  const rows = [...(table?.text ?? '').matchAll(row)].map((match) => ({
    id: match[1] ?? '',
    line: lineAt(table?.text ?? '', match.index),
  }));
  const known = new Set(rows.map((each) => each.id));
  const citations = sources.filter(({ path }) => mayCite(path)).flatMap(citationsOf);
  const cited = new Set(citations.filter(({ atTest }) => atTest).map((each) => each.id));
  const violation = (file: string, line: number, message: string): Violation => {
    return { file, line, rule: 'requirements', message };
  };
  return [
    ...rows
      .filter((each) => !cited.has(each.id))
      .map((each) => violation(tablePath, each.line, `no test cites ${each.id}: write "// ${each.id}" above one`)),
    ...rows
      .filter((each, index) => rows.findIndex((other) => other.id === each.id) !== index)
      .map((each) => violation(tablePath, each.line, `${each.id} comes twice: number the new one`)),
    ...citations.flatMap(({ id: name, file, line, atTest }) => {
      if (!known.has(name)) return [violation(file, line, `${name} is not in ${tablePath}: add it, or correct it`)];
      return atTest
        ? []
        : [violation(file, line, `${name} is not cited by a test that has to pass: move it right above one`)];
    }),
  ];
}

/** Tests, and the suites that are published; not the tests of this gate. */
function mayCite(path: string): boolean {
  const isTest = /^(?:tests|packages\/[^/]+\/test|packages\/testkit\/src)\//.test(path);
  return isTest && isCode(path) && !path.startsWith('tests/gates/');
}

function citationsOf({ path, text }: SourceFile): readonly Citation[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) =>
    [...line.matchAll(id)].map(([name]) => ({
      id: name,
      file: path,
      line: index + 1,
      atTest: testCall.test(isComment(line) ? (lines.slice(index).find((next) => !isComment(next)) ?? '') : line),
    })),
  );
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith('//');
}
