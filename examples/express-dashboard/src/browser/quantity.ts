/** A figure in two parts, since the unit is set smaller than the number. */
export interface Quantity {
  readonly number: string;
  readonly unit: string;
}

export const unknown: Quantity = { number: '–', unit: '' };

export const gibibyte = 1024 ** 3;

export function percent(share: number): Quantity {
  return { number: (share * 100).toFixed(share < 0.0995 ? 1 : 0), unit: '%' };
}

export function plain(value: number): Quantity {
  return { number: value.toFixed(2), unit: '' };
}

export function milliseconds(value: number): Quantity {
  return { number: threeDigits(value), unit: 'ms' };
}

export function gibibytes(bytes: number): Quantity {
  return { number: threeDigits(bytes / gibibyte), unit: 'GiB' };
}

export function bytesPerSecond(bytes: number): Quantity {
  if (bytes < 1e3) return { number: bytes.toFixed(0), unit: 'B/s' };
  if (bytes < 1e6) return { number: threeDigits(bytes / 1e3), unit: 'kB/s' };
  return { number: threeDigits(bytes / 1e6), unit: 'MB/s' };
}

/** For an axis: `7.50 GiB` is `7.5 GiB`. */
export function compact({ number, unit }: Quantity): string {
  return `${Number(number)} ${unit}`;
}

/** Enough to see a change, and of a steady width. */
function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}
