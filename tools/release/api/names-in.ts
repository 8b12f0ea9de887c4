/** Where a name is new, and stands for nothing else. */
const naming = new Set(['key', 'id', 'label', 'property', 'right']);

/** The names that a declaration may take from around it: those of types, and of values behind `typeof`. */
export function namesIn(node: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  visit(node, names);
  return names;
}

function visit(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) return node.forEach((one) => visit(one, names));
  if (typeof node !== 'object' || node === null) return;
  const { type, name } = node as { readonly type?: unknown; readonly name?: unknown };
  if (type === 'Identifier' && typeof name === 'string') names.add(name);
  const isComputed = 'computed' in node && node.computed === true;
  for (const [key, child] of Object.entries(node)) {
    if (naming.has(key) && !isComputed) visitAnnotation(child, names);
    else if (key === 'params' && Array.isArray(child)) child.forEach((one) => visitParameter(one, names));
    else visit(child, names);
  }
}

/** A parameter has a name of its own, and a type of others; what is given for a type parameter is a type. */
function visitParameter(node: unknown, names: Set<string>): void {
  if (isIdentifier(node)) visitAnnotation(node, names);
  else visit(node, names);
}

function visitAnnotation(node: unknown, names: Set<string>): void {
  if (typeof node === 'object' && node !== null && 'typeAnnotation' in node) visit(node.typeAnnotation, names);
}

function isIdentifier(node: unknown): boolean {
  return typeof node === 'object' && node !== null && 'type' in node && node.type === 'Identifier';
}
