import { nameOf, names } from '../person.ts';

const hues = 6;

/** One of a few colours for a person, the same on every page. The name always stands next to it. */
export function hueOf(id: string): string {
  const index = names.indexOf(nameOf(id));
  return index < 0 ? '' : String(index % hues);
}
