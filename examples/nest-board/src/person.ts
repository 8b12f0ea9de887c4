/** What visitors are called, in the order of their coming. */
export const names: readonly string[] = [
  'Mira',
  'Jonas',
  'Ines',
  'Tariq',
  'Svea',
  'Paulo',
  'Hanne',
  'Kofi',
  'Lucia',
  'Emre',
  'Nora',
  'Anton',
];

/** The name that a visitor's id begins with. */
export function nameOf(id: string): string {
  return id.split('-')[0] ?? id;
}
