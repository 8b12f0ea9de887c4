import type { Entry } from '../log/log.ts';
import type { Payload } from '../log/payload.ts';

/** What a batch holds. */
export interface BatchParts {
  readonly channel: string;
  readonly epoch: string;
  /** The channel's floor when the batch was made. */
  readonly floor: number;
  /** The offset before the first entry. */
  readonly from: number;
  readonly entries: readonly Entry[];
  /** Ephemeral publications, for those who read the end of this batch now. */
  readonly passing: readonly Payload[];
  /** Rises from batch to batch of a channel that is handed out. */
  readonly number: number;
}

/** Consecutive publications of one channel, written and framed once for all the connections that are alike. */
export class Batch implements BatchParts {
  readonly channel: string;
  readonly epoch: string;
  readonly floor: number;
  readonly from: number;
  readonly entries: readonly Entry[];
  readonly passing: readonly Payload[];
  readonly number: number;
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #ends = new Map<number, Batch>();

  constructor({ channel, epoch, floor, from, entries, passing, number }: BatchParts) {
    this.channel = channel;
    this.epoch = epoch;
    this.floor = floor;
    this.from = from;
    this.entries = entries;
    this.passing = passing;
    this.number = number;
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
      end = new Batch({ ...this.#parts(), from: offset, entries: this.entries.slice(offset - this.from) });
      this.#ends.set(offset, end);
    }
    return end;
  }

  /** The bytes that belong to a key, made once. */
  bytes(key: string, make: () => Uint8Array): Uint8Array {
    let bytes = this.#bytes.get(key);
    if (bytes === undefined) {
      bytes = make();
      this.#bytes.set(key, bytes);
    }
    return bytes;
  }

  #parts(): BatchParts {
    const { channel, epoch, floor, from, entries, passing, number } = this;
    return { channel, epoch, floor, from, entries, passing, number };
  }
}
