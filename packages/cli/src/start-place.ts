import type { From } from '@rt/client';
import { parsePosition } from '@rt/protocol';
import type { Arguments } from './arguments.ts';
import { UsageError } from './exit-code.ts';

/** Where `--from` says to begin. @throws UsageError */
export function fromOf(given: Arguments, fallback: From): From {
  const text = given.text('from');
  if (text === null) return fallback;
  if (text === 'now' || text === 'start') return text;
  const last = /^last=([1-9]\d{0,8})$/.exec(text)?.[1];
  if (last !== undefined) return { last: Number(last) };
  if (parsePosition(text) !== null) return { after: text };
  throw new UsageError(`--from is now, start, last=10 or a position like k3f9a2.42, and ${JSON.stringify(text)} came`);
}
