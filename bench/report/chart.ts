import type { Role } from '../harness/contestant.ts';

export interface Bar {
  readonly name: string;
  readonly role: Role;
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

const colours: Readonly<Record<Role, string>> = { control: '#8a8f98', peer: '#c98b4b', ours: '#2f6fde' };
const [width, rowHeight, left, right, top] = [760, 26, 170, 70, 48];

/** Bars, the least first, with the range over all rounds as a line. */
export function chart(title: string, unit: string, bars: readonly Bar[]): string {
  const rows = bars.toSorted((one, other) => one.value - other.value);
  const most = Math.max(...rows.map((row) => row.most));
  const x = (value: number): number => left + (Math.max(0, value) / most) * (width - left - right);
  const height = top + rows.length * rowHeight + 12;
  const lines = rows.map(({ name, role, value, least, most: high }, index) => {
    const y = top + index * rowHeight;
    const middle = y + rowHeight / 2 - 2;
    return [
      `<text x="${left - 8}" y="${middle + 4}" text-anchor="end">${escape(name)}</text>`,
      `<rect x="${left}" y="${y + 3}" width="${Math.max(1, x(value) - left).toFixed(1)}" height="${rowHeight - 10}" rx="2" fill="${colours[role]}"/>`,
      `<line x1="${x(least).toFixed(1)}" y1="${middle}" x2="${x(high).toFixed(1)}" y2="${middle}" stroke="#222" stroke-opacity=".55"/>`,
      `<text x="${(x(Math.max(value, high)) + 6).toFixed(1)}" y="${middle + 4}" class="value">${short(value)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    '<style>text{font:13px system-ui,sans-serif;fill:#222}.title{font-weight:600}.value{font-variant-numeric:tabular-nums}</style>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="20" class="title">${escape(title)}</text><text x="12" y="37" fill-opacity=".7">${escape(unit)}</text>`,
    ...lines,
    '</svg>\n',
  ].join('\n');
}

/** Three digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
