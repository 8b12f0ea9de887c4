import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import type { Comment, Declaration, ModuleExportName, Program, Statement } from 'oxc-parser';
import { namesIn } from './names-in.ts';

/** A name somewhere else: of a file beside this one, or of another package. */
export interface Elsewhere {
  readonly from: string;
  readonly name: string;
}

/** One declaration, without what comments say, and the names that it uses. */
export interface Declared {
  readonly text: string;
  readonly uses: ReadonlySet<string>;
}

/** One built `.d.ts`: what it declares, takes from elsewhere, and gives. */
export class DeclarationFile {
  /** Several of one name: overloads, or a type and a value. */
  readonly declared = new Map<string, Declared[]>();
  readonly imported = new Map<string, Elsewhere>();
  /** Exported names, and what they are here or elsewhere. */
  readonly exported = new Map<string, string | Elsewhere>();
  /** Files all of whose names are exported. */
  readonly exportedWhole: string[] = [];
  /** What is added to modules of others. */
  readonly augmentations: Declared[] = [];
  readonly #path: string;
  readonly #text: string;
  readonly #comments: readonly Comment[];

  constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
    const { program, comments } = parseSync(path, text);
    this.#comments = comments;
    for (const statement of program.body) this.#read(statement);
  }

  #read(statement: Program['body'][number]): void {
    switch (statement.type) {
      case 'ImportDeclaration':
        for (const specifier of statement.specifiers) {
          const name = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : '*';
          const imported = specifier.type === 'ImportDefaultSpecifier' ? 'default' : name;
          this.imported.set(specifier.local.name, { from: this.#target(statement.source.value), name: imported });
        }
        return;
      case 'ExportAllDeclaration': {
        const from = this.#target(statement.source.value);
        if (statement.exported === null) this.exportedWhole.push(from);
        else this.exported.set(nameOf(statement.exported), { from, name: '*' });
        return;
      }
      case 'ExportNamedDeclaration':
        for (const { local, exported } of statement.specifiers) {
          const name = nameOf(local);
          const source = statement.source?.value;
          this.exported.set(nameOf(exported), source === undefined ? name : { from: this.#target(source), name });
        }
        if (statement.declaration !== null) {
          for (const name of this.#declare(statement.declaration)) this.exported.set(name, name);
        }
        return;
      case 'ExportDefaultDeclaration':
        if (statement.declaration.type === 'Identifier') this.exported.set('default', statement.declaration.name);
        return;
      default:
        this.#declare(statement);
    }
  }

  /** The names that a statement declares. */
  #declare(statement: Statement | Declaration): readonly string[] {
    const declared = { text: this.#textOf(statement), uses: namesIn(statement) };
    if (statement.type === 'TSModuleDeclaration' && (statement.id.type === 'Literal' || statement.kind === 'global')) {
      this.augmentations.push(declared);
      return [];
    }
    const names = declaredNames(statement);
    for (const name of names) this.declared.set(name, [...(this.declared.get(name) ?? []), declared]);
    return names;
  }

  #textOf({ start, end }: { readonly start: number; readonly end: number }): string {
    let text = '';
    let at = start;
    for (const comment of this.#comments) {
      if (comment.start < start || comment.end > end) continue;
      text += this.#text.slice(at, comment.start);
      at = comment.end;
    }
    return (text + this.#text.slice(at, end)).replace(/^declare /, '').replaceAll(/\n\s*(?=\n)/g, '');
  }

  #target(specifier: string): string {
    if (!specifier.startsWith('.')) return specifier;
    return posix.join(posix.dirname(this.#path), specifier).replace(/(?:\.d)?\.[jt]s$/, '.d.ts');
  }
}

function declaredNames(statement: Statement | Declaration): readonly string[] {
  switch (statement.type) {
    case 'VariableDeclaration':
      return statement.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSEnumDeclaration':
      return statement.id?.type === 'Identifier' ? [statement.id.name] : [];
    default:
      return [];
  }
}

function nameOf(name: ModuleExportName): string {
  return name.type === 'Literal' ? name.value : name.name;
}
