/** One text file of the tree. `path` is relative to the root, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One broken rule. `line` counts from 1. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** One check over the whole tree: pure, so that tests hand it a few files in memory. */
export interface Gate {
  readonly rule: string;
  readonly check: (sources: readonly SourceFile[]) => readonly Violation[];
  /** What it looks at beside the tree. @default nothing */
  readonly alsoReads?: (root: string) => readonly SourceFile[];
}

export function isCode(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path) && !isBuilt(path);
}

export function isBuilt(path: string): boolean {
  return path.includes('/dist/');
}

/** The source of a published package, which has stricter rules than its tests. */
export function isPackageSource(path: string): boolean {
  return /^packages\/[^/]+\/src\//.test(path) && isCode(path);
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
