import { seededRandom } from '../random.ts';

const length = 1_000_000;
/** Printable ASCII that JSON does not escape. */
const letters = Array.from({ length: 94 }, (_, n) => String.fromCodePoint(33 + n)).filter((one) => !/["\\]/.test(one));
let text = '';

/**
 * Text that no compression makes much smaller, another one for each number: what is to fill a socket must be large on
 * every wire. `size` is in characters, up to 100,000.
 */
export function noise(number: number, size: number): string {
  if (text === '') {
    const random = seededRandom(1);
    text = Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
  }
  const begin = (number * size) % (length - size);
  return text.slice(begin, begin + size);
}
