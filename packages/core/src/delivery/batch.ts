import type { Entry } from '../log/log.ts';
import type { Codec } from './codec.ts';
import type { Cursor } from './cursor.ts';
import type { Framing } from './transport.ts';

/** Consecutive publications of one channel, written and framed once for all the connections that are alike. */
export class Batch {
  readonly channel: string;
  readonly epoch: string;
  /** The channel's floor when the batch was made. */
  readonly floor: number;
  /** The offset before the first entry. */
  readonly from: number;
  readonly entries: readonly Entry[];
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #ends = new Map<number, Batch>();

  constructor(channel: string, epoch: string, floor: number, from: number, entries: readonly Entry[]) {
    this.channel = channel;
    this.epoch = epoch;
    this.floor = floor;
    this.from = from;
    this.entries = entries;
  }

  /** The offset of the last entry. */
  get to(): number {
    return this.from + this.entries.length;
  }

  /** The part after an offset that lies within it, made once. */
  after(offset: number): Batch {
    if (offset === this.from) return this;
    let end = this.#ends.get(offset);
    if (end === undefined) {
      end = new Batch(this.channel, this.epoch, this.floor, offset, this.entries.slice(offset - this.from));
      this.#ends.set(offset, end);
    }
    return end;
  }

  bytes(codec: Codec, framing: Framing, cursor: Cursor): Uint8Array {
    const key = `${framing.name} ${codec.key(cursor)}`;
    let bytes = this.#bytes.get(key);
    if (bytes === undefined) {
      bytes = framing.frame(codec.publications(this, cursor));
      this.#bytes.set(key, bytes);
    }
    return bytes;
  }
}
