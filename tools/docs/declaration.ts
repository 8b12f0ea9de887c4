import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import type { Comment, TSInterfaceDeclaration, TSSignature, TSType } from 'oxc-parser';

/** One property of an interface, as its source has it. */
export interface Property {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: string;
  readonly doc: Doc;
}

/** What a comment says. */
export interface Doc {
  readonly text: string;
  /** What stands behind `@default`. */
  readonly fallback: string | null;
}

/** One shape of a union of objects. */
export interface Shape {
  readonly doc: Doc;
  readonly properties: readonly Property[];
}

/** The declarations of one source file. */
export class Declarations {
  readonly #path: string;
  readonly #text: string;
  readonly #comments: readonly Comment[];
  readonly #interfaces = new Map<string, TSInterfaceDeclaration>();
  readonly #types = new Map<string, TSType>();

  constructor(root: string, path: string) {
    this.#path = path;
    this.#text = readFileSync(join(root, path), 'utf8');
    const { program, comments } = parseSync(path, this.#text);
    this.#comments = comments;
    for (const statement of program.body) {
      const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : null;
      if (declaration?.type === 'TSInterfaceDeclaration') this.#interfaces.set(declaration.id.name, declaration);
      if (declaration?.type === 'TSTypeAliasDeclaration')
        this.#types.set(declaration.id.name, declaration.typeAnnotation);
    }
  }

  /** The properties of an interface, those of what it extends first as far as that is in this file. */
  interfaceOf(name: string): readonly Property[] {
    const found = this.#interfaces.get(name);
    if (found === undefined) throw new Error(`${this.#path} has no interface ${name}`);
    const inherited = found.extends.flatMap(({ expression }) =>
      expression.type === 'Identifier' && this.#interfaces.has(expression.name)
        ? this.interfaceOf(expression.name)
        : [],
    );
    return [...inherited, ...this.#properties(found.body.body)];
  }

  /** The shapes of a union. */
  unionOf(name: string): readonly Shape[] {
    const type = this.#types.get(name);
    if (type?.type !== 'TSUnionType') throw new Error(`${this.#path} has no union ${name}`);
    return type.types.map((one) => ({ doc: this.#docBefore(one.start), properties: this.#shape(one) }));
  }

  #shape(type: TSType): readonly Property[] {
    if (type.type === 'TSParenthesizedType') return this.#shape(type.typeAnnotation);
    if (type.type === 'TSTypeLiteral') return this.#properties(type.members);
    if (type.type === 'TSIntersectionType') return type.types.flatMap((one) => this.#shape(one));
    const named = this.#text.slice(type.start, type.end);
    if (this.#interfaces.has(named)) return this.interfaceOf(named);
    return [{ name: named, isOptional: false, type: '', doc: { text: '', fallback: null } }];
  }

  #properties(members: readonly TSSignature[]): readonly Property[] {
    return members.flatMap((member) => {
      if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier') return [];
      const { start, end } = member.typeAnnotation?.typeAnnotation ?? { start: 0, end: 0 };
      const type = this.#text
        .slice(start, end)
        .replaceAll(/\/\*\*[\s\S]*?\*\//g, '')
        .replaceAll(/\s+/g, ' ')
        .replaceAll('readonly ', '');
      return [{ name: member.key.name, isOptional: member.optional, type, doc: this.#docBefore(member.start) }];
    });
  }

  #docBefore(start: number): Doc {
    const comment = this.#comments.find(
      ({ type, end }) => type === 'Block' && end <= start && /^[\s|(]*$/.test(this.#text.slice(end, start)),
    );
    const text = (comment?.value ?? '')
      .replaceAll(/\s*\n\s*\*\s?/g, ' ')
      .replace(/^\*/, '')
      .trim();
    const plain = text.replaceAll(/\{@link (\w+)\}/g, '`$1`').replace(/\s*@throws.*$/, '');
    const [said = '', fallback = null] = plain.split(/\s*@default /);
    return { text: said.trim(), fallback };
  }
}
