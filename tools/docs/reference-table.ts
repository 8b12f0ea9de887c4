import type { Property, Shape } from './declaration.ts';
import { Declarations } from './declaration.ts';

const marker = /<!-- (options|fields|union) (\S+) (\w+) -->[\s\S]*?<!-- end -->/g;

/** A page whose marked tables say what the declarations that they name say. */
export function withTables(page: string, root: string): string {
  return page.replace(marker, (_, kind: string, path: string, name: string) => {
    const declarations = new Declarations(root, path);
    const tables: Readonly<Record<string, () => string>> = {
      options: () => optionTable(declarations.interfaceOf(name)),
      fields: () => fieldTable(declarations.interfaceOf(name)),
      union: () => shapeTable(declarations.unionOf(name)),
    };
    return `<!-- ${kind} ${path} ${name} -->\n\n${tables[kind]?.() ?? ''}\n\n<!-- end -->`;
  });
}

function optionTable(properties: readonly Property[]): string {
  return table(
    ['Option', 'Type', 'Default', 'Meaning'],
    properties.map(({ name, type, isOptional, doc }) => [
      code(name),
      code(type),
      doc.fallback ?? (isOptional ? '' : 'must be given'),
      doc.text,
    ]),
  );
}

function fieldTable(properties: readonly Property[]): string {
  return table(
    ['Field', 'Type', 'Meaning'],
    properties.map((property) => [code(shown(property)), code(property.type), property.doc.text]),
  );
}

/** Each shape with its tags, which are the values of `type` or `state`, and its other fields. */
function shapeTable(shapes: readonly Shape[]): string {
  const rows = shapes.map(({ doc, properties }) => {
    const tag = properties.find(isTag);
    const tags = tag === undefined ? [] : tag.type.replaceAll("'", '').split(' | ');
    const fields = properties.filter((property) => property !== tag);
    const said = fields
      .filter((field) => field.doc.text !== '')
      .map(({ name, doc: { text } }) => `${code(name)}: ${text}`);
    return [
      tags.map(code).join(', '),
      fields.map((field) => code(shown(field))).join(', '),
      [doc.text, ...said].join(' '),
    ];
  });
  const name = shapes.some(({ properties }) => properties.some((field) => isTag(field) && field.name === 'state'));
  return table([code(name ? 'state' : 'type'), 'Fields', 'Meaning'], rows);
}

function isTag({ name, type }: Property): boolean {
  return name === 'type' || (name === 'state' && type.startsWith("'"));
}

function shown({ name, isOptional }: Property): string {
  return isOptional ? `${name}?` : name;
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(row).join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.trim().replaceAll('|', '\\|')).join(' | ')} |`;
}
