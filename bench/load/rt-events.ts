import type { Client, Reader } from './client.ts';
import type { RtPlaces } from './rt-places.ts';
import { Pieces } from './websocket-frames.ts';

const lineFeed = 10;

/** A plain stream of one channel: every event of every chunk is looked at, or known byte for byte. */
export class RtEvents implements Reader {
  readonly first: Buffer | null = null;
  ready = false;
  readonly #client: Client;
  readonly #places: RtPlaces;
  readonly #pieces = new Pieces();
  readonly #channel: number;

  constructor(client: Client, places: RtPlaces) {
    this.#client = client;
    this.#places = places;
    this.#channel = client.options.channels[0] ?? 0;
  }

  /** Takes the chunks of HTTP/1.1 apart. */
  take(chunk: Buffer, from: number, to: number): void {
    const bytes = this.#pieces.join(chunk, from, to);
    if (bytes === null) return;
    let at = 0;
    let needed = 0;
    for (;;) {
      let length = 0;
      let start = at;
      for (; start < bytes.length && bytes[start] !== lineFeed; start += 1)
        length = length * 16 + hex(bytes[start] ?? 0);
      if (start >= bytes.length) break;
      length = Math.floor(length / 16);
      const end = start + 1 + length;
      if (end + 2 > bytes.length) {
        needed = end + 2 - at;
        break;
      }
      this.#chunk(bytes, start + 1, end);
      at = end + 2;
    }
    this.#pieces.keep(bytes.subarray(at), needed);
  }

  #chunk(bytes: Buffer, from: number, to: number): void {
    if (this.#places.follow(this.#channel, bytes, from, to)) return;
    const raw = bytes.subarray(from, to);
    const text = raw.toString('utf8');
    if (!text.endsWith('\n\n')) return this.#client.problem(`a chunk ends within an event: ${text.slice(-50)}`);
    const told = [];
    let epoch = '';
    for (const block of text.split('\n\n')) {
      const id = /^id: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (/^event: rt\./m.test(block)) this.#client.problem(block);
      else if (id !== undefined && data !== undefined) {
        const [of = '', offset] = id.split('.');
        epoch = of;
        told.push({ offset: Number(offset), data: JSON.parse(data) as string });
      } else if (id !== undefined && !this.ready) {
        this.#places.begin(this.#channel, id);
        this.ready = true;
      }
    }
    if (told.length > 0) this.#places.read(this.#channel, raw, { epoch, told });
  }
}

/** A carriage return counts as a digit that is taken away again. */
function hex(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  return byte >= 97 ? byte - 87 : byte >= 65 ? byte - 55 : 0;
}
