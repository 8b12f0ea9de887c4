import { DeclarationFile } from './declaration-file.ts';
import type { Elsewhere } from './declaration-file.ts';

/** Where a name is declared: in a file of the package, or in another package, whose name has no end in `.d.ts`. */
type Place = Elsewhere;

/** What users of an entry point can name, and what that is made of. */
export class PublicNames {
  readonly #read: (path: string) => string;
  readonly #files = new Map<string, DeclarationFile>();

  /** Files are read by their path. */
  constructor(read: (path: string) => string) {
    this.#read = read;
  }

  /** The text of a snapshot: imports, exports in the order of their names, and what these use without exporting it. */
  snapshot(entry: string): string {
    const open = [...this.#exportsOf(entry)].toSorted(([one], [other]) => compare(one, other));
    const reached = new Map<string, Place>();
    for (const [, place] of open) if (isOurs(place)) this.#reach(place, reached);
    const augmentations = this.#augmentations(entry, reached);
    const places = [...reached.values()];

    const direct = new Set(open.filter(([name, place]) => name === place.name).map(([, place]) => key(place)));
    const closed = places.filter((place) => isOurs(place) && !direct.has(key(place)));
    const renamed = open.filter(([name, place]) => name !== place.name || !isOurs(place));
    return [
      ...imports(places.filter((place) => !isOurs(place))),
      ...open
        .filter(([name, place]) => name === place.name && isOurs(place))
        .map(([, place]) => this.#print(place, 'export ')),
      ...renamed.map(([name, place]) => printExport(name, place)),
      ...augmentations,
      ...(closed.length > 0 ? ['// Not exported, and part of what is.'] : []),
      ...closed
        .toSorted((one, other) => compare(one.name, other.name) || compare(one.from, other.from))
        .map((place) => this.#print(place, '')),
    ].join('\n\n');
  }

  #file(path: string): DeclarationFile {
    const known = this.#files.get(path) ?? new DeclarationFile(path, this.#read(path));
    this.#files.set(path, known);
    return known;
  }

  #exportsOf(path: string): ReadonlyMap<string, Place> {
    const file = this.#file(path);
    const whole = file.exportedWhole.flatMap((from): readonly (readonly [string, Place])[] =>
      isOurs({ from }) ? [...this.#exportsOf(from)] : [[`* of ${from}`, { from, name: '*' }]],
    );
    const named = [...file.exported].map(
      ([name, what]) => [name, typeof what === 'string' ? this.#locate(path, what) : this.#follow(what)] as const,
    );
    return new Map([...whole, ...named]);
  }

  /** Where a name that is used in a file is declared. */
  #locate(path: string, name: string): Place {
    const file = this.#file(path);
    const imported = file.declared.has(name) ? undefined : file.imported.get(name);
    return imported === undefined ? { from: path, name } : this.#follow(imported);
  }

  #follow(place: Place): Place {
    if (!isOurs(place) || place.name === '*') return place;
    return this.#exportsOf(place.from).get(place.name) ?? place;
  }

  #reach(place: Place, reached: Map<string, Place>): void {
    if (reached.has(key(place))) return;
    if (isOurs(place) && !this.#file(place.from).declared.has(place.name)) return;
    reached.set(key(place), place);
    if (!isOurs(place)) return;
    const file = this.#file(place.from);
    for (const { uses } of file.declared.get(place.name) ?? []) this.#reachAll(place.from, uses, reached);
  }

  #reachAll(path: string, uses: ReadonlySet<string>, reached: Map<string, Place>): void {
    const file = this.#file(path);
    for (const name of uses) {
      if (file.declared.has(name) || file.imported.has(name)) this.#reach(this.#locate(path, name), reached);
    }
  }

  /** What the files behind an entry add to other modules, once each. */
  #augmentations(entry: string, reached: Map<string, Place>): readonly string[] {
    const paths = new Set([entry, ...[...reached.values()].filter(isOurs).map(({ from }) => from)]);
    return [...paths].toSorted(compare).flatMap((path) =>
      this.#file(path).augmentations.map(({ text, uses }) => {
        this.#reachAll(path, uses, reached);
        return text.startsWith('module') || text.startsWith('global') ? `declare ${text}` : text;
      }),
    );
  }

  #print({ from, name }: Place, prefix: string): string {
    return (this.#file(from).declared.get(name) ?? []).map(({ text }) => `${prefix}${ambient(text)}`).join('\n');
  }
}

function imports(places: readonly Place[]): readonly string[] {
  const lines = [...new Set(places.map(({ from }) => from))].toSorted(compare).flatMap((from) => {
    const named = places.filter((place) => place.from === from && place.name !== '*' && place.name !== 'default');
    const names = named.map(({ name }) => name).toSorted(compare);
    return names.length === 0 ? [] : [`import type { ${names.join(', ')} } from '${from}';`];
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function printExport(name: string, place: Place): string {
  if (place.name === '*')
    return name.startsWith('* of') ? `export * from '${place.from}';` : `export * as ${name} from '${place.from}';`;
  const what = name === place.name ? name : `${place.name} as ${name}`;
  return isOurs(place) ? `export { ${what} };` : `export { ${what} } from '${place.from}';`;
}

/** In a file of declarations all but types has to say that it is declared. */
function ambient(text: string): string {
  return /^(?:interface|type) /.test(text) ? text : `declare ${text}`;
}

function isOurs({ from }: { readonly from: string }): boolean {
  return from.endsWith('.d.ts');
}

function key({ from, name }: Place): string {
  return `${from}#${name}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
