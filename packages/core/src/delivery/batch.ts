import type { Entry } from '../log/entry.ts';
import type { Payload } from '../log/payload.ts';

/** Publications of one channel, in their order. */
export interface Publications {
  readonly channel: string;
  readonly epoch: string;
  /** The channel's floor when they were taken. */
  readonly floor: number;
  /** The place before the first, and the place after the last. */
  readonly from: number;
  readonly to: number;
  readonly entries: readonly Entry[];
  /** Ephemeral publications, for those who read the end of this batch now. */
  readonly passing: readonly Payload[];
}

/** What a batch says: publications, or lines of a session's frames that say all there is to say up to a place. */
export type Said =
  | ({ readonly type: 'publications' } & Publications)
  | { readonly type: 'lines'; readonly lines: string; readonly from: number; readonly to: number };

/** What is handed to the readers of a channel at once, written and framed once for all the connections that are alike. */
export class Batch {
  readonly says: Said;
  /** Rises from batch to batch of a channel that is handed out. */
  readonly number: number;
  /** The newest place when it was made. */
  readonly top: number;
  /** How many publications it has, and how many that are ephemeral. */
  readonly kept: number;
  readonly passing: number;
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #ends = new Map<number, Batch>();

  constructor(says: Said, number: number, top: number) {
    this.says = says;
    this.number = number;
    this.top = top;
    this.kept = says.type === 'publications' ? says.entries.length : 0;
    this.passing = says.type === 'publications' ? says.passing.length : 0;
  }

  /** The place that it leads on from. */
  get from(): number {
    return this.says.from;
  }

  /** The place that it leads to. */
  get to(): number {
    return this.says.to;
  }

  /** Whether somebody who is at its end is told something. */
  get passes(): boolean {
    return this.passing > 0;
  }

  /** The part after an offset that lies within it, made once. Lines are as good for whoever has read a part of it. */
  after(offset: number): Batch {
    const { says } = this;
    if (offset === says.from || says.type === 'lines') return this;
    let end = this.#ends.get(offset);
    if (end === undefined) {
      const entries = says.entries.slice(says.entries.findLastIndex((entry) => entry.offset <= offset) + 1);
      end = new Batch({ ...says, from: offset, entries }, this.number, this.top);
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
}
