import { parseArgs } from 'node:util';
import { UsageError } from './exit-code.ts';

/** The options of a command: `flag` has no value, `text` has one, `list` may be given several times. */
export type OptionKinds = Readonly<Record<string, 'flag' | 'text' | 'list'>>;

/** What a command was called with. */
export class Arguments {
  readonly positionals: readonly string[];
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws UsageError if there is an option among them that is none of these */
  constructor(args: readonly string[], kinds: OptionKinds) {
    const options = Object.fromEntries(
      Object.entries(kinds).map(([name, kind]) => [
        name,
        { type: kind === 'flag' ? ('boolean' as const) : ('string' as const), multiple: kind === 'list' },
      ]),
    );
    try {
      const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
      this.positionals = positionals;
      this.#values = values;
    } catch (cause) {
      // What Node says first is what is wrong; then it explains itself.
      throw new UsageError(String((cause as Error).message).split('. ')[0] ?? '', { cause });
    }
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | null {
    const value = this.#values[name];
    return typeof value === 'string' ? value : null;
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** @throws UsageError unless it is a number of at least `min` */
  number(name: string, fallback: number, { min, whole }: { readonly min: number; readonly whole: boolean }): number {
    const text = this.text(name);
    if (text === null) return fallback;
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && (!whole || Number.isSafeInteger(value))) return value;
    throw new UsageError(`--${name} is a ${whole ? 'whole ' : ''}number from ${min}, and ${JSON.stringify(text)} came`);
  }

  /** The positionals by these names, of which the last may stand for several (`channel...`). @throws UsageError */
  named(...names: readonly string[]): readonly string[] {
    const least = names.filter((name) => !name.endsWith('?')).length;
    const missing = names[this.positionals.length];
    if (this.positionals.length < least && missing !== undefined) {
      throw new UsageError(`<${missing.replace('...', '')}> is missing`);
    }
    const extra = this.positionals[names.length];
    if (extra !== undefined && names.at(-1)?.endsWith('...') !== true) {
      throw new UsageError(`nothing is known to do with ${JSON.stringify(extra)}`);
    }
    return this.positionals;
  }
}
