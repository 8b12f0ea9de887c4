/** The name that a visitor's id begins with. */
export function nameOf(id: string): string {
  return id.split('-')[0] ?? id;
}
