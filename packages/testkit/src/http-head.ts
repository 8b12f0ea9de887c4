/** Status and headers of a response as they came over the wire. */
export interface RawHead {
  readonly version: string;
  readonly status: number;
  /** By name in lower case, in the order in which they came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** Reads the text before the blank line of a response. */
export function parseHead(text: string): RawHead {
  const [first = '', ...lines] = text.split('\r\n');
  const [, version = '', status = ''] = /^HTTP\/(\d\.\d) (\d{3})/.exec(first) ?? [];
  if (status === '') throw new Error(`not an HTTP response: ${JSON.stringify(first)}`);
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { version, status: Number(status), headers };
}

/** Takes the chunks of a chunked body apart, however the bytes are split. */
export class ChunkedDecoder {
  #held: Buffer = Buffer.alloc(0);
  /** Whether the last chunk has come. */
  done = false;

  feed(bytes: Buffer): Buffer {
    this.#held = Buffer.concat([this.#held, bytes]);
    const parts: Buffer[] = [];
    for (let end = this.#held.indexOf('\r\n'); end !== -1 && !this.done; end = this.#held.indexOf('\r\n')) {
      const size = Number.parseInt(this.#held.toString('latin1', 0, end), 16);
      if (Number.isNaN(size)) throw new Error(`not a chunk: ${this.#held.toString('latin1', 0, end)}`);
      const start = end + 2;
      if (this.#held.length < start + size + 2) break;
      if (this.#held.toString('latin1', start + size, start + size + 2) !== '\r\n')
        throw new Error('chunk without end');
      parts.push(this.#held.subarray(start, start + size));
      this.#held = this.#held.subarray(start + size + 2);
      this.done = size === 0;
    }
    return Buffer.concat(parts);
  }
}
