import type { Client } from './client.ts';
import type { RtBook, Told } from './rt-book.ts';

interface Place {
  epoch: string;
  offset: number;
}

/** The places that one connection has come to, and how it moves on. */
export class RtPlaces {
  readonly #client: Client;
  readonly #book: RtBook;
  readonly #places = new Map<number, Place>();

  constructor(client: Client, book: RtBook) {
    this.#client = client;
    this.#book = book;
  }

  /** The position in a channel, or `null` where it has not been told any. */
  position(channel: number): string | null {
    const place = this.#places.get(channel);
    return place === undefined ? null : `${place.epoch}.${place.offset}`;
  }

  /** Takes over where a subscription begins. It may not be elsewhere than where it has ended before. */
  begin(channel: number, position: string): void {
    const [epoch = '', offset] = position.split('.');
    const before = this.position(channel);
    if (before !== null && before !== position) this.#client.problem(`begins at ${position}, and not at ${before}`);
    this.#places.set(channel, { epoch, offset: Number(offset) });
  }

  /** Moves on if these bytes are known to lead on. */
  follow(channel: number, bytes: Buffer, from: number, to: number): boolean {
    const place = this.#places.get(channel);
    const known = place && this.#book.find(channel, place.offset, { bytes, from, to });
    if (!place || !known) return false;
    this.#move(place, known);
    return true;
  }

  /** Moves on by what was read in these bytes, or says what is wrong. */
  read(channel: number, bytes: Buffer, said: { readonly epoch: string; readonly told: readonly Told[] }): void {
    const place = this.#places.get(channel);
    if (place === undefined) return this.#client.problem(`channel ${channel} before it was subscribed`);
    if (place.epoch !== said.epoch) return this.#client.problem(`epoch ${said.epoch} and not ${place.epoch}`);
    const known = this.#book.learn(channel, place.offset, bytes, said.told);
    if (typeof known === 'string') this.#client.problem(known);
    else this.#move(place, known);
  }

  #move(place: Place, { to, duesUs }: { readonly to: number; readonly duesUs: readonly number[] }): void {
    place.offset = to;
    const { record, latencies } = this.#client.options;
    this.#client.received += duesUs.length;
    record.messages += duesUs.length;
    if (record.every) for (const dueUs of duesUs) latencies.add(record.nowUs - dueUs);
    else if (duesUs[0] !== undefined) latencies.add(record.nowUs - duesUs[0]);
  }
}
