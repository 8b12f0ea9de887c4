import { parseSync, Visitor } from 'oxc-parser';
import type { StringLiteral } from 'oxc-parser';
import { lineAt } from './source-file.ts';
import type { SourceFile } from './source-file.ts';

/** A module named by a file: by import, export from, import(), a type import or a module augmentation. */
export interface ModuleReference {
  readonly specifier: string;
  readonly line: number;
}

/** A construct that published source does without. */
export interface Construct {
  readonly kind: 'default export' | 'enum' | 'namespace' | 'top-level await' | 'parse error';
  readonly line: number;
}

export interface ModuleSyntax {
  readonly references: readonly ModuleReference[];
  readonly constructs: readonly Construct[];
  readonly firstFault: string | undefined;
}

const parsed = new WeakMap<SourceFile, ModuleSyntax>();

/** What the gates need to know of one file; parsed once however many gates ask. */
export function moduleSyntax(source: SourceFile): ModuleSyntax {
  const known = parsed.get(source);
  if (known) return known;
  const syntax = parse(source);
  parsed.set(source, syntax);
  return syntax;
}

function parse({ path, text }: SourceFile): ModuleSyntax {
  const references: ModuleReference[] = [];
  const constructs: Construct[] = [];
  let functionDepth = 0;

  const refer = (specifier: string, start: number): void => {
    references.push({ specifier, line: lineAt(text, start) });
  };
  const referTo = (source: StringLiteral | null): void => {
    if (source) refer(source.value, source.start);
  };
  const note = (kind: Construct['kind'], start: number): void => {
    constructs.push({ kind, line: lineAt(text, start) });
  };
  const noteAwait = (start: number): void => {
    if (functionDepth === 0) note('top-level await', start);
  };
  const enter = (): void => {
    functionDepth += 1;
  };
  const leave = (): void => {
    functionDepth -= 1;
  };

  const { program, errors } = parseSync(path, text);
  new Visitor({
    ImportDeclaration: (node) => referTo(node.source),
    ExportAllDeclaration: (node) => referTo(node.source),
    ExportNamedDeclaration(node) {
      referTo(node.source);
      for (const { exported } of node.specifiers) {
        if ((exported.type === 'Literal' ? exported.value : exported.name) === 'default') {
          note('default export', exported.start);
        }
      }
    },
    ImportExpression({ source }) {
      if (source.type === 'Literal' && typeof source.value === 'string') refer(source.value, source.start);
      const only = source.type === 'TemplateLiteral' && source.quasis.length === 1 ? source.quasis[0] : undefined;
      if (only) refer(only.value.cooked ?? only.value.raw, source.start);
    },
    TSImportType: (node) => referTo(node.source),
    TSExternalModuleReference: (node) => referTo(node.expression),
    TSModuleDeclaration(node) {
      // `declare module 'x'` and `declare global` add to types that exist; only a namespace makes a new scope.
      if (node.id.type === 'Literal') refer(node.id.value, node.id.start);
      else if (node.kind !== 'global') note('namespace', node.start);
    },
    ExportDefaultDeclaration: (node) => note('default export', node.start),
    TSExportAssignment: (node) => note('default export', node.start),
    TSEnumDeclaration: (node) => note('enum', node.start),
    FunctionDeclaration: enter,
    'FunctionDeclaration:exit': leave,
    FunctionExpression: enter,
    'FunctionExpression:exit': leave,
    ArrowFunctionExpression: enter,
    'ArrowFunctionExpression:exit': leave,
    AwaitExpression: (node) => noteAwait(node.start),
    ForOfStatement(node) {
      if (node.await) noteAwait(node.start);
    },
    VariableDeclaration(node) {
      if (node.kind === 'await using') noteAwait(node.start);
    },
  }).visit(program);

  const [fault] = errors;
  if (fault) note('parse error', fault.labels[0]?.start ?? 0);
  return { references, constructs, firstFault: fault?.message };
}
