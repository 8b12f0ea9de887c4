import type { LogNames } from '../keys.ts';
import { logKeys } from '../keys.ts';

/** Where the places of one partition are. They share a hash tag, so that one script can change several of them. */
export interface PartitionNames {
  /** The key that all scripts get. */
  readonly state: string;
  /** The pub/sub channel in which it is said that there are changes to be told. */
  readonly told: string;
}

/** Where presence is: each place in the partition that its name says. */
export class PresenceNames implements LogNames {
  readonly partitions: readonly PartitionNames[];
  readonly #bases: readonly string[];

  constructor(prefix: string, partitions: number) {
    this.#bases = Array.from({ length: partitions }, (_, n) => `${prefix}{p${n}}:presence`);
    this.partitions = this.#bases.map((base) => ({ state: `${base}:state`, told: `${base}:told` }));
  }

  /** The number of a place's partition. */
  partitionOf(place: string): number {
    let hash = 0x811c9dc5;
    for (let at = 0; at < place.length; at += 1) hash = Math.imul(hash ^ place.charCodeAt(at), 0x01000193);
    return (hash >>> 0) % this.#bases.length;
  }

  keys = (place: string): readonly string[] => logKeys(`${this.#base(place)}:place:${place}`);
  live = (place: string): string => `${this.#base(place)}:live:${place}`;

  #base(place: string): string {
    return this.#bases[this.partitionOf(place)] ?? '';
  }
}
