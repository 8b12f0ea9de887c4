import { isCode } from './source-file.ts';
import type { SourceFile, Violation } from './source-file.ts';

const aim = 250;
const end = 400;

/** No source file is longer than 400 lines. */
export function checkLength(sources: readonly SourceFile[]): readonly Violation[] {
  return longerThan(end, sources);
}

/** Files past the aim of 250 lines: worth a look, not a failure. */
export function lengthNotes(sources: readonly SourceFile[]): readonly Violation[] {
  return longerThan(aim, sources).filter(({ line }) => line <= end);
}

function longerThan(limit: number, sources: readonly SourceFile[]): readonly Violation[] {
  return sources
    .filter(
      ({ path }) => isCode(path) && /^(?:packages\/[^/]+\/(?:src|test)|examples\/[^/]+\/src|tools|tests)\//.test(path),
    )
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0) }))
    .filter(({ lines }) => lines > limit)
    .map(({ path, lines }) => ({
      file: path,
      line: lines,
      rule: 'length',
      message: `${lines} lines, ${limit === end ? 'the end is' : 'the aim is'} ${limit}: give each idea its own file`,
    }));
}
