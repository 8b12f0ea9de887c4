/** The two forms in which a GET is answered. */
export type Form = 'stream' | 'page';

interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * What an `Accept` header asks for: a stream for `text/event-stream`, a page for JSON or for anything; `null` if
 * neither will do. The higher quality wins, and a stream wins a tie that names both.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-accept
 */
export function acceptedForm(accept: string | null): Form | null {
  if (accept === null || accept.trim() === '') return 'page';
  const ranges = accept.split(',').map(parseRange);
  const stream = quality(ranges, ['text/event-stream', 'text/*']);
  const page = quality(ranges, ['application/json', 'application/*', '*/*']);
  if (stream > 0 && stream >= page) return 'stream';
  return page > 0 ? 'page' : null;
}

function parseRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const value = q === undefined ? 1 : Number(q.slice(2));
  return { type, quality: Number.isFinite(value) ? value : 0 };
}

/** The quality of the most exact range that is there. */
function quality(ranges: readonly Range[], types: readonly string[]): number {
  for (const type of types) {
    const range = ranges.find((candidate) => candidate.type === type);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
