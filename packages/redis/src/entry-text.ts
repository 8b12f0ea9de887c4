import type { About, Entry } from '@rt/core';

/** Says what time it is here for a moment on the server's clock. */
export type ToLocal = (serverMs: number) => number;

/** An entry out of what the scripts write. */
export function parseEntry(text: string, toLocal: ToLocal): Entry {
  const head = /^(\d+) (\d+) ([-=x]) (\d+) /.exec(text);
  if (head === null) throw new TypeError(`what is kept in Redis is no entry of a log: ${text.slice(0, 80)}`);
  const [joined, offset, atMs, kind, length] = head;
  const rest = text.slice(joined.length);
  const subject = Number(length) === 0 ? '' : Buffer.from(rest).subarray(0, Number(length)).toString('utf8');
  const about: About | null = kind === '-' ? null : { subject, removes: kind === 'x' };
  return { offset: Number(offset), payload: rest.slice(subject.length), atMs: toLocal(Number(atMs)), about };
}
