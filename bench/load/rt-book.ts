import type { Counts } from '../harness/traffic.ts';
import { dueIn, markIn } from './payload-mark.ts';

/** What one run of bytes says, once it has been read and found to be in order. */
export interface Known {
  readonly bytes: Buffer;
  readonly to: number;
  /** When each of its publications was due. */
  readonly duesUs: readonly number[];
}

export interface Told {
  readonly offset: number;
  readonly data: string;
}

const mostKnown = 512;

/**
 * Remembers what was read of each channel and found to be in order. A server tells all connections the same: whatever is
 * equal, byte for byte, to what somebody has been told after the same place need not be read again.
 */
export class RtBook {
  readonly #after: Map<number, Known[]>[] = [];
  /** By how much the number in a payload is more than its offset. */
  readonly #shifts: number[] = [];

  find(channel: number, at: number, range: { readonly bytes: Buffer; from: number; to: number }): Known | null {
    const { bytes, from, to } = range;
    for (const known of this.#after[channel]?.get(at) ?? []) {
      if (known.bytes.length === to - from && known.bytes.compare(bytes, from, to) === 0) return known;
    }
    return null;
  }

  /** Looks at every publication. Returns what is wrong, or what is known now. */
  learn(channel: number, at: number, bytes: Buffer, told: readonly Told[]): Known | string {
    const duesUs: number[] = [];
    let expected = at;
    for (const { offset, data } of told) {
      expected += 1;
      if (offset !== expected) return `channel ${channel}: ${offset} came after ${expected - 1}`;
      const number = Number(data.slice(1, 11));
      const shift = (this.#shifts[channel] ??= number - offset);
      if (number - offset !== shift) return `channel ${channel}: at ${offset} is ${data.slice(0, 40)}`;
      const payload = Buffer.from(data.slice(0, 40));
      if (markIn(payload, 0, payload.length) !== 0) return `channel ${channel}: at ${offset} is ${data.slice(0, 40)}`;
      duesUs.push(dueIn(payload, 0));
    }
    const known = { bytes: Buffer.from(bytes), to: expected, duesUs };
    const after = (this.#after[channel] ??= new Map<number, Known[]>());
    const same = after.get(at);
    if (same === undefined) after.set(at, [known]);
    else same.push(known);
    if (after.size > mostKnown) after.delete(after.keys().next().value ?? 0);
    return known;
  }

  /** Says that the numbers in payloads begin anew. */
  forgetNumbers(): void {
    this.#shifts.length = 0;
    this.#after.length = 0;
  }
}

/** How many publications a connection is to be told of. */
export function expectedOf(channels: readonly number[], counts: Counts): number {
  return channels.reduce((sum, channel) => sum + (counts[channel] ?? 0), 0);
}
