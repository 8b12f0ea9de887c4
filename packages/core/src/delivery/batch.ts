import type { Entry } from '../log/entry.ts';
import type { Payload } from '../log/payload.ts';
import type { Framing } from './transport.ts';

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

/** The bytes of a batch for one kind of wire, written in one way. */
interface Written {
  readonly framing: Framing;
  readonly key: string;
  readonly bytes: Uint8Array;
}

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
  /** What was asked for last: readers are mostly alike. */
  #written: Written | null = null;
  /** All, once there are several. */
  #others: Map<string, Written> | null = null;
  #ends: Map<number, Batch> | null = null;

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
    const ends = (this.#ends ??= new Map());
    let end = ends.get(offset);
    if (end === undefined) {
      const entries = says.entries.slice(says.entries.findLastIndex((entry) => entry.offset <= offset) + 1);
      end = new Batch({ ...says, from: offset, entries }, this.number, this.top);
      ends.set(offset, end);
    }
    return end;
  }

  /** The bytes that were kept for a wire and a codec's key, or `null`. */
  written(framing: Framing, key: string): Uint8Array | null {
    const last = this.#written;
    if (last === null) return null;
    if (last.framing.name === framing.name && last.key === key) return last.bytes;
    const found = this.#others?.get(nameOf(framing, key)) ?? null;
    if (found !== null) this.#written = found;
    return found?.bytes ?? null;
  }

  /** Keeps bytes for all whose wire and codec's key are the same. */
  keep(written: Written): void {
    const last = this.#written;
    this.#written = written;
    if (last === null) return;
    this.#others ??= new Map([[nameOf(last.framing, last.key), last]]);
    this.#others.set(nameOf(written.framing, written.key), written);
  }
}

function nameOf({ name }: Framing, key: string): string {
  return `${name} ${key}`;
}
