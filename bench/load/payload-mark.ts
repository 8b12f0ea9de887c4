const mark = '|'.charCodeAt(0);

/** Where a payload begins, or -1: it has a mark, ten digits, a mark and sixteen digits. */
export function markIn(bytes: Buffer, from: number, to: number): number {
  const at = bytes.indexOf(mark, from);
  return at >= 0 && at < to ? at : -1;
}

/** Where the digits and their marks end, from where the payload begins. */
export const markedLength = 29;

/** When the payload at a place was due. */
export function dueIn(bytes: Buffer, at: number): number {
  let us = 0;
  for (let digit = at + 12; digit < at + 28; digit += 1) us = us * 10 + (bytes[digit] ?? 48) - 48;
  return us;
}
