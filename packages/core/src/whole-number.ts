import { RtError } from '@rt/protocol';

interface WholeNumber {
  readonly fallback: number;
  readonly min: number;
  readonly max?: number;
}

/**
 * The value of an option, or the fallback if there is none; it must be a whole number from `min` to `max`.
 *
 * @throws RtError `option_invalid`
 */
export function wholeNumber(name: string, value: number | undefined, { fallback, min, max }: WholeNumber): number {
  if (value === undefined) return fallback;
  if (Number.isSafeInteger(value) && value >= min && value <= (max ?? value)) return value;
  const range = max === undefined ? `from ${min}` : `from ${min} to ${max}`;
  throw new RtError('option_invalid', `${name} must be a whole number ${range}, but was ${String(value)}`);
}

/** As {@link wholeNumber}; `false` switches it off, and is `null` here. */
export function wholeNumberOrOff(name: string, value: number | false | undefined, bounds: WholeNumber): number | null {
  return value === false ? null : wholeNumber(name, value, bounds);
}
