import { isBuilt, lineAt } from './source-file.ts';
import type { SourceFile, Violation } from './source-file.ts';

interface Pattern {
  readonly pattern: RegExp;
  readonly message: string;
}

// Put together from words, so that this file does not hold what it forbids.
const machineFolders = ['work', 'root', 'home', 'tmp', 'Users'].join('|');

const patterns: readonly Pattern[] = [
  {
    // Not after a word, a dot or a bracket: those are relative paths, URLs and template parts.
    pattern: new RegExp(String.raw`(?<![\w.~*)}\]-])(?:[A-Z]:)?[/\\](?:${machineFolders})[/\\]`, 'g'),
    message: 'a path of one machine: use a path relative to the file, or os.tmpdir()',
  },
  {
    pattern: /\bregistry\.[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b|\bverdaccio\b|\b_authToken\b/gi,
    message: "a package registry's address: leave it to the user's npm settings",
  },
  {
    // In quotes or backticks the word is spoken about, not left behind.
    pattern: /(?<![\w`'"|:([])(?:TODO|FIXME)\b(?![^\n]*#\d)/g,
    message: 'a reminder without an issue number: add #number, or do it now',
  },
];

/** No text file names a machine or a registry, or leaves a reminder that nobody tracks. */
export function checkText(sources: readonly SourceFile[]): readonly Violation[] {
  return sources
    .filter(({ path }) => !isBuilt(path))
    .flatMap(({ path, text }) =>
      patterns.flatMap(({ pattern, message }) =>
        [...text.matchAll(pattern)].map((match) => ({
          file: path,
          line: lineAt(text, match.index),
          rule: 'text',
          message: `'${match[0]}' is ${message}`,
        })),
      ),
    );
}
