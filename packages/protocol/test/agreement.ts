import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/** `toEqual` for what is compared a hundred thousand times: only a difference is worded. */
export function agree(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}
