import { RtError } from './errors.ts';

/** The parts of one SSE block; absent ones are not written. */
export interface SseBlock {
  /** Milliseconds that the browser waits before it reconnects. A whole number >= 0. */
  readonly retryMs?: number;
  /** Text for people and proxies; readers skip it. */
  readonly comment?: string;
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

const lineEnd = /\r\n|\r|\n/;
// These are the characters that must not get through.
const breaksField = /[\r\n\0]/;

/**
 * Formats one block of an event stream, with the blank line that ends it.
 * `data` and `comment` may have line breaks of any kind: each line becomes a line of its own, and a reader joins
 * data again with `\n`. Without `data` a reader takes over `id` and `retry` and dispatches nothing.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 * @throws RtError `sse_field_invalid` if `id` or `event` holds CR, LF or NUL, or `retryMs` is not a whole number.
 */
export function formatSse(block: SseBlock): string {
  let text = '';
  if (block.retryMs !== undefined) {
    if (!Number.isSafeInteger(block.retryMs) || block.retryMs < 0) {
      throw new RtError('sse_field_invalid', `retryMs must be a whole number >= 0, but was ${block.retryMs}`);
    }
    text += `retry: ${block.retryMs}\n`;
  }
  if (block.comment !== undefined) text += lines(': ', block.comment);
  if (block.id !== undefined) text += `id: ${field('id', block.id)}\n`;
  if (block.event !== undefined) text += `event: ${field('event', block.event)}\n`;
  if (block.data !== undefined) text += lines('data: ', block.data);
  return `${text}\n`;
}

function field(name: string, value: string): string {
  if (!breaksField.test(value)) return value;
  throw new RtError('sse_field_invalid', `${name} must not hold CR, LF or NUL, but was ${JSON.stringify(value)}`);
}

function lines(prefix: string, value: string): string {
  let text = '';
  for (const line of value.split(lineEnd)) text += `${prefix}${line}\n`;
  return text;
}
