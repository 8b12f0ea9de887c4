import type { Entry } from './entry.ts';

/** Of the entries about one subject the newest, and all that are about nothing in particular. In their order. */
export function conflated(entries: readonly Entry[]): readonly Entry[] {
  const newest = new Map<string, Entry>();
  for (const entry of entries) if (entry.about !== null) newest.set(entry.about.subject, entry);
  return entries.filter((entry) => entry.about === null || newest.get(entry.about.subject) === entry);
}

/** The first part that has no more than so many characters of payload, but one entry, and all up to `least`. */
export function fitting(entries: readonly Entry[], maxChars: number, least = 0): readonly Entry[] {
  let chars = 0;
  const end = entries.findIndex(({ offset, payload }) => (chars += payload.length) > maxChars && offset > least);
  return end === -1 ? entries : entries.slice(0, Math.max(1, end));
}
