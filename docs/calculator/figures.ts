const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A number as people read it: with a digit behind the point as long as it is small. */
export function count(value: number): string {
  if (value > 0 && value < 0.1) return '< 0.1';
  return (value < 10 ? tenths : whole).format(value);
}

/** Bytes with the unit in which they are a few. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let shown = value;
  let unit = 0;
  while (shown >= 999.5 && unit < units.length - 1) {
    shown /= 1000;
    unit += 1;
  }
  return `${count(shown)} ${units[unit] ?? ''}`;
}

/** Dollars, whole. */
export function usd(value: number): string {
  return `$${whole.format(Math.round(value))}`;
}

/** A share of one core, or how many cores it takes. */
export function cpu(cores: number): string {
  if (cores >= 1) return `${tenths.format(cores)} cores`;
  return `${count(cores * 100)} % of a core`;
}
