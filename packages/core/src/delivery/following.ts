import type { Position, Start } from '@rt/protocol';
import type { Match } from '../channels/registry.ts';
import type { Observer } from '../observe/observer.ts';
import type { Feed } from './feed.ts';
import type { Holder } from './local-channel.ts';
import { LocalChannel } from './local-channel.ts';

interface Row<Handed extends Feed> {
  ready: Promise<LocalChannel<Handed>> | null;
  channel: LocalChannel<Handed> | null;
  holds: number;
}

/** Where channels are followed. */
export interface FollowSource<Handed extends Feed> {
  /** Follows a channel as its definition says. Resolves once whatever comes later will be heard of. */
  follow(match: Match): Promise<Handed>;
  unfollow(name: string): Promise<void>;
  /** Looks whether there is more than was heard of. */
  catchUp?(name: string): Promise<void>;
}

/** The channels that this node follows: each from its first holder to its last. */
export class Following<Handed extends Feed> implements Holder {
  readonly #source: FollowSource<Handed>;
  readonly #observe: Observer;
  readonly #letGoOf: (channel: LocalChannel) => void;
  readonly #rows = new Map<string, Row<Handed>>();

  /** `letGoOf` is called when the last hold of a channel is given back. */
  constructor(source: FollowSource<Handed>, observe: Observer, letGoOf: (channel: LocalChannel) => void) {
    this.#source = source;
    this.#observe = observe;
    this.#letGoOf = letGoOf;
  }

  /** The channel, if it is followed and the broker has said so. */
  get(name: string): LocalChannel<Handed> | null {
    return this.#rows.get(name)?.channel ?? null;
  }

  /**
   * Holds a channel: it is followed until `release` has been called as often. Resolves once it is followed, and as far as
   * the start, if there is one that another node has given.
   *
   * @throws whatever the broker has thrown; nothing is held then.
   */
  async hold(match: Match, start: Start | null = null): Promise<LocalChannel<Handed>> {
    const name = match.channel;
    let row = this.#rows.get(name);
    if (row === undefined) {
      row = { ready: null, channel: null, holds: 0 };
      this.#rows.set(name, row);
    }
    row.holds += 1;
    try {
      row.ready ??= this.#follow(match, row);
      const channel = await row.ready;
      if (start?.type === 'after' && !reaches(channel.feed, start.position)) await this.#source.catchUp?.(name);
      return channel;
    } catch (cause) {
      this.#letGo(name, row);
      throw cause;
    }
  }

  /** Resolves when these channels, as far as they are followed, have come as far as the broker by now. Never rejects. */
  async catchUp(names: readonly string[]): Promise<void> {
    const look = async (name: string): Promise<void> => {
      if (this.get(name) !== null) await this.#source.catchUp?.(name);
    };
    const failed = (cause: unknown): void => this.#observe({ type: 'error', stage: 'broker', cause });
    await Promise.all(names.map((name) => look(name).catch(failed)));
  }

  /** Gives back one hold. */
  release(name: string): void {
    const row = this.#rows.get(name);
    if (row !== undefined) this.#letGo(name, row);
  }

  async #follow(match: Match, row: Row<Handed>): Promise<LocalChannel<Handed>> {
    const feed = await this.#source.follow(match);
    // In the same turn as the channel begins to count what it has handed out: nothing may be appended in between.
    row.channel = new LocalChannel(match.channel, { feed, slow: match.definition.slow, holder: this });
    return row.channel;
  }

  #letGo(name: string, row: Row<Handed>): void {
    row.holds -= 1;
    if (row.holds > 0 || this.#rows.get(name) !== row) return;
    this.#rows.delete(name);
    if (row.channel !== null) this.#letGoOf(row.channel);
    this.#source.unfollow(name).catch((cause: unknown) => this.#observe({ type: 'error', stage: 'broker', cause }));
  }
}

/** A node that hears of things later than another one has not come to all places that readers bring. */
function reaches({ epoch, top }: Feed, place: Position): boolean {
  return place.epoch === epoch && place.offset <= top;
}
