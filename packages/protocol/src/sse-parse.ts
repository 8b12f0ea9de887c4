import { RtError } from './errors.ts';

/** What a reader of an event stream finds, in the order of the stream. */
export type SseItem =
  | { readonly type: 'event'; readonly id: string; readonly event: string; readonly data: string }
  /** A block without data that moved the last event id: a place in the stream, and nothing to dispatch. */
  | { readonly type: 'id'; readonly id: string }
  | { readonly type: 'retry'; readonly ms: number }
  | { readonly type: 'comment'; readonly text: string };

/** Reads an event stream piece by piece. */
export interface SseParser {
  /**
   * Takes the next bytes, split anywhere (within a character, within CRLF), and returns what they completed.
   * A block is complete at its blank line; what a stream leaves unfinished at its end is to be thrown away.
   *
   * @throws RtError `sse_too_large` once a block exceeds the limit; the parser is of no use after that.
   */
  feed(bytes: Uint8Array): readonly SseItem[];
}

/**
 * Creates a parser that follows the HTML standard, and also reports comments (they show that the peer lives).
 *
 * @param options.maxChars The largest block, in UTF-16 units. @default 4_194_304
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createSseParser(options: { readonly maxChars?: number } = {}): SseParser {
  return new Parser(options.maxChars ?? 4_194_304);
}

class Parser implements SseParser {
  // One BOM at the start of the stream is dropped, as the standard says: here, since decoders disagree about a BOM that
  // comes after bytes that are no whole character.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #begun = false;
  readonly #maxChars: number;
  #line = '';
  #afterCarriageReturn = false;
  #size = 0;
  #id = '';
  #told = '';
  #event = '';
  #data: string[] = [];

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  feed(bytes: Uint8Array): readonly SseItem[] {
    const items: SseItem[] = [];
    const text = this.#decoder.decode(bytes, { stream: true });
    let start = 0;
    if (!this.#begun && text.length > 0) {
      this.#begun = true;
      if (text.startsWith('\uFEFF')) start = 1;
    }
    if (this.#afterCarriageReturn && text.length > 0) {
      this.#afterCarriageReturn = false;
      if (text.charCodeAt(0) === 10) start = 1;
    }
    for (let end = lineEnd(text, start); end !== -1; end = lineEnd(text, start)) {
      const line = this.#line + text.slice(start, end);
      this.#line = '';
      this.#grow(end - start);
      start = end + 1;
      if (text.charCodeAt(end) === 13) {
        if (start === text.length) this.#afterCarriageReturn = true;
        else if (text.charCodeAt(start) === 10) start += 1;
      }
      this.#take(line, items);
    }
    this.#grow(text.length - start);
    this.#line += text.slice(start);
    return items;
  }

  #grow(chars: number): void {
    this.#size += chars;
    if (this.#size > this.#maxChars) {
      throw new RtError('sse_too_large', `an SSE event may have ${this.#maxChars} characters, and this one has more`);
    }
  }

  #take(line: string, items: SseItem[]): void {
    if (line === '') return this.#finish(items);
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1);
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#event = value;
    else if (name === 'id') this.#id = value.includes('\0') ? this.#id : value;
    else if (name === 'retry' && /^[0-9]+$/.test(value)) items.push({ type: 'retry', ms: Number(value) });
    else if (colon === 0) items.push({ type: 'comment', text: value });
  }

  #finish(items: SseItem[]): void {
    if (this.#data.length > 0) {
      items.push({ type: 'event', id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') });
    } else if (this.#id !== this.#told) {
      items.push({ type: 'id', id: this.#id });
    }
    this.#told = this.#id;
    this.#event = '';
    this.#data = [];
    this.#size = 0;
  }
}

function lineEnd(text: string, from: number): number {
  const lineFeed = text.indexOf('\n', from);
  // Looks for CR only as far as the next LF, so that a text without any CR is not searched again for each line.
  const end = lineFeed === -1 ? text.length : lineFeed;
  for (let index = from; index < end; index += 1) if (text.charCodeAt(index) === 13) return index;
  return lineFeed;
}
