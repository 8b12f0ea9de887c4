const hues = 6;

/** One of a few colours for a person, the same on every page. The name always stands next to it. */
export function hueOf(id: string): string {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997;
  return String(sum % hues);
}

/** The name that an id begins with. */
export function nameOf(id: string): string {
  return id.split('-')[0] ?? id;
}
