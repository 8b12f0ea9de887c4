import type { SourceFile } from './source-file.ts';

/** The parts of a package.json that the gates look at, as loosely typed as the file itself. */
export interface Manifest {
  readonly name?: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly homepage?: string;
  readonly bugs?: Readonly<Record<string, string>>;
  readonly repository?: Readonly<Record<string, string>>;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
  readonly type?: string;
  readonly license?: string;
  readonly sideEffects?: unknown;
  readonly files?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** Undefined when the text is no JSON object. */
export function readManifest(source: SourceFile): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(source.text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
