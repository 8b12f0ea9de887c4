import type { Connection } from '../delivery/connection.ts';
import type { Delivery, Watch } from '../delivery/delivery.ts';
import type { Cursor, LocalChannel } from '../delivery/local-channel.ts';
import type { Start } from '@rt/protocol';
import type { Clock } from '../runtime/clock.ts';
import type { Wrapping } from './session-codec.ts';
import { subscribedLine } from './subscribed-line.ts';

/** A subscription that only waits to be placed. Its hold is given to the connection, or back. */
export interface Placing {
  readonly id: number | null;
  readonly channel: LocalChannel;
  readonly start: Start;
  /** Who is there is told as well. Its hold goes the same way. */
  readonly watch: Watch | null;
}

type Item =
  | { readonly type: 'line'; readonly line: string }
  | { readonly type: 'placing'; readonly placing: Placing; readonly done: (placed: boolean) => void };

/** The most bytes of replies that wait for a peer that does not read. */
const maxUnreadBytes = 1_048_576;

/**
 * What a session says of its own accord, in order and with one write a turn. A subscription is placed in the very call
 * that writes its reply: so the reply comes before the first publication, and tells where that will be.
 */
export class Replies {
  readonly #delivery: Delivery;
  readonly #clock: Clock;
  readonly #wrapping: Wrapping;
  #connection: Connection | null = null;
  #items: Item[] = [];
  #waitingChars = 0;
  #scheduled = false;

  constructor(delivery: Delivery, clock: Clock, wrapping: Wrapping) {
    this.#delivery = delivery;
    this.#clock = clock;
    this.#wrapping = wrapping;
  }

  /** How much is said and not written yet. */
  get waitingChars(): number {
    return this.#waitingChars;
  }

  /** From now on there is somebody to talk to. */
  begin(connection: Connection): void {
    this.#connection = connection;
    this.#schedule();
  }

  /** Says one or more lines. */
  say(line: string): void {
    this.#items.push({ type: 'line', line });
    this.#waitingChars += line.length;
    this.#schedule();
  }

  /** Begins a subscription. Resolves to true once it is placed, to false if it was withdrawn or nobody is there. */
  place(placing: Placing): Promise<boolean> {
    return new Promise((done) => {
      this.#items.push({ type: 'placing', placing, done });
      this.#schedule();
    });
  }

  /** Takes back what has not been placed yet of a channel. */
  withdraw(channel: string): void {
    const items = this.#items;
    const concerns = (item: Item): boolean => item.type === 'placing' && item.placing.channel.name === channel;
    this.#items = items.filter((item) => !concerns(item));
    this.#drop(items.filter(concerns));
  }

  /** Writes now what was to be written at the end of the turn. */
  flush(): void {
    const connection = this.#connection;
    if (connection === null || this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#waitingChars = 0;
    if (!connection.open) return this.#drop(items);
    const cursors: Cursor[] = [];
    let lines = '';
    for (const item of items)
      lines += item.type === 'line' ? item.line : this.#place(connection, item.placing, cursors);
    connection.send(this.#wrapping.wrap(lines));
    if (cursors.length > 0) this.#delivery.begin(connection, cursors);
    for (const item of items) if (item.type === 'placing') item.done(true);
    if (connection.unreadBytes > maxUnreadBytes) connection.abort();
  }

  /** There is nobody any more: gives back what was held. */
  drop(): void {
    this.#drop(this.#items.splice(0));
  }

  #place(connection: Connection, { id, channel, start, watch }: Placing, cursors: Cursor[]): string {
    const { cursor, place } = this.#delivery.subscribe(connection, { channel, start });
    cursors.push(cursor);
    const { name, epoch, offset } = cursor;
    const { skips } = channel.feed;
    const presence = watch === null ? null : this.#watch(connection, watch, cursors);
    return subscribedLine(id, { channel: name, epoch, offset, start, gap: place.gap, skips, presence });
  }

  #watch(connection: Connection, watch: Watch, cursors: Cursor[]): string {
    const [cursor, { text }] = this.#delivery.watch(connection, watch);
    cursors.push(cursor);
    return text;
  }

  #drop(items: readonly Item[]): void {
    for (const item of items) {
      if (item.type === 'line') continue;
      const { channel, watch } = item.placing;
      channel.holder.release(channel.name);
      watch?.channel.holder.release(channel.name);
      item.done(false);
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.nextTurn(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}
