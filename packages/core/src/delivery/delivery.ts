import type { Start } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { Broker, BrokerSink } from '../broker/broker.ts';
import type { Place } from '../log/locate.ts';
import { locate } from '../log/locate.ts';
import type { Entry } from '../log/entry.ts';
import type { LogView } from '../log/log-view.ts';
import type { Payload } from '../log/payload.ts';
import type { Observer } from '../observe/observer.ts';
import type { Tally } from '../observe/tally.ts';
import type { Settings } from '../options.ts';
import type { Attendance } from '../presence/attendance.ts';
import type { Opening } from '../presence/presence-feed.ts';
import { PresenceFeed } from '../presence/presence-feed.ts';
import type { PresenceStore } from '../presence/presence-store.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Census } from './census.ts';
import { census } from './census.ts';
import type { ConnectionOptions, ConnectionOwner } from './connection.ts';
import { Connection } from './connection.ts';
import { Flush } from './flush.ts';
import type { FollowSource } from './following.ts';
import { Following } from './following.ts';
import { Heartbeat } from './heartbeat.ts';
import type { LocalChannel } from './local-channel.ts';
import { Cursor } from './local-channel.ts';
import { PublicationFeed } from './publication-feed.ts';
import type { End } from './transport.ts';

/** A held channel, and where a connection begins in it. */
export interface Subscription {
  readonly channel: LocalChannel;
  readonly start: Start;
}

/** A held place, and from where on a connection wants to know who is there. */
export interface Watch {
  readonly channel: LocalChannel<PresenceFeed>;
  readonly start: Start;
}

/** What is delivered, and who counts that it is. */
export interface Sources {
  readonly broker: Broker;
  readonly presence: PresenceStore;
  readonly attendance: Attendance;
}

/** A subscription that has found its place. */
export interface Placed {
  readonly cursor: Cursor;
  readonly place: Place;
}

interface Row {
  readonly cursors: Map<string, Cursor>;
  readonly stopHeartbeat: () => void;
}

/** All connections of this node with their cursors, from the broker's sink to the transports. */
export class Delivery implements ConnectionOwner, BrokerSink {
  readonly following: Following<PublicationFeed>;
  /** Whose presence is followed. */
  readonly places: Following<PresenceFeed>;
  readonly #clock: Clock;
  readonly #observe: Observer;
  readonly #tally: Tally;
  readonly #flush: Flush;
  readonly #heartbeat: Heartbeat | null;
  readonly #connections = new Map<Connection, Row>();
  #whenEmpty: (() => void)[] = [];

  constructor({ broker, presence, attendance }: Sources, { clock, observe, tally, heartbeatEveryMs }: Settings) {
    this.#clock = clock;
    this.#observe = observe;
    this.#tally = tally;
    this.#flush = new Flush(clock, observe, tally);
    const letGoOf = (channel: LocalChannel): void => this.#flush.forget(channel);
    this.following = new Following(publications(broker, attendance), observe, letGoOf);
    this.places = new Following(places(presence), observe, letGoOf);
    this.#heartbeat = heartbeatEveryMs === null ? null : new Heartbeat(clock, heartbeatEveryMs);
  }

  get connections(): Iterable<Connection> {
    return this.#connections.keys();
  }

  /** Counts who is connected, and how far they are. */
  census(): Census {
    return census(this.#connections, this.#flush);
  }

  /**
   * Opens a connection that begins at the given places, all within this call: no publication can come in between.
   * The connection owns the holds from here on. The caller writes the head and any gaps, and then calls `begin`.
   */
  open(options: ConnectionOptions, subscriptions: readonly Subscription[]): readonly [Connection, readonly Placed[]] {
    const connection = this.#connect(options, subscriptions);
    const stopHeartbeat = this.#heartbeat?.add(connection) ?? ((): void => {});
    this.#connections.set(connection, { cursors: new Map(), stopHeartbeat });
    const placed = subscriptions.map((subscription) => this.subscribe(connection, subscription));
    this.#observe({ type: 'connection_opened', transport: connection.name, channels: channelNames(connection) });
    return [connection, placed];
  }

  /**
   * Adds a subscription to an open connection, which owns the hold from here on. The channel MUST NOT be subscribed
   * there already. The caller writes what comes first and then calls `begin`, all in one turn.
   */
  subscribe(connection: Connection, { channel, start }: Subscription): Placed {
    const place = locate(start, channel.feed.head(this.#clock.now()));
    const cursor = new Cursor(channel, connection, place.offset);
    channel.add(cursor);
    // Most have one or two: an array that grows has room for more, for as long as the connection is there.
    connection.readings = [...connection.readings, cursor];
    this.#connections.get(connection)?.cursors.set(channel.name, cursor);
    this.#observe({ type: 'subscribed', transport: connection.name, channel: channel.name });
    // A poll comes with a position each time.
    if (start.type === 'after' && connection.name !== 'poll') this.#tally.recoveries[place.gap ?? 'recovered'] += 1;
    if (place.gap !== null) this.#observe({ type: 'gap', channel: channel.name, reason: place.gap });
    return { cursor, place };
  }

  /**
   * Lets an open connection see who is in a channel, beside its subscription, with which it ends. It owns the hold from
   * here on. The caller writes what it is told first, and then calls `begin`, all in one turn.
   */
  watch(connection: Connection, { channel, start }: Watch): readonly [Cursor, Opening] {
    const opening = channel.feed.open(start, this.#clock.now());
    const cursor = new Cursor(channel, connection, opening.offset);
    channel.add(cursor);
    this.#connections.get(connection)?.cursors.set(watching(channel.name), cursor);
    return [cursor, opening];
  }

  /** Whether the connection is subscribed to the channel. */
  reads(connection: Connection, channel: string): boolean {
    return this.#connections.get(connection)?.cursors.has(channel) ?? false;
  }

  /** Ends a subscription: nothing more of the channel is written from here on. False if there was none. */
  unsubscribe(connection: Connection, channel: string): boolean {
    const cursors = this.#connections.get(connection)?.cursors;
    const cursor = cursors?.get(channel);
    if (cursors === undefined || cursor === undefined) return false;
    cursors.delete(channel);
    connection.readings = connection.readings.filter((reading) => reading !== cursor);
    this.#leave(cursor);
    this.#observe({ type: 'unsubscribed', transport: connection.name, channel });
    const watched = cursors.get(watching(channel));
    if (watched !== undefined) this.#leave(watched);
    cursors.delete(watching(channel));
    return true;
  }

  /** Lets cursors of a connection read what is there for them. */
  begin(connection: Connection, cursors: Iterable<Cursor> = this.#cursors(connection)): void {
    this.#flush.begin(connection, [...cursors]);
  }

  /** Resolves when everything that was appended has been given to every connection that takes it. */
  async flushed(): Promise<void> {
    await this.#flush.idle();
  }

  /** Resolves when no connection is open. */
  async empty(): Promise<void> {
    if (this.#connections.size > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  appended(name: string, _entry: Entry): void {
    const channel = this.following.get(name);
    if (channel !== null) this.#flush.grew(channel);
  }

  replaced(name: string, log: LogView): void {
    const channel = this.following.get(name);
    if (channel === null) return;
    const { slow, feed } = channel;
    channel.replace(
      new PublicationFeed(name, log, { conflates: slow === 'conflate', everyMs: feed.everyMs }),
      this.#clock.now(),
    );
    this.#flush.replaced(channel);
  }

  passed(name: string, payload: Payload, key: string | null): void {
    const channel = this.following.get(name);
    if (channel === null) return;
    channel.pass(payload, key);
    this.#flush.grew(channel);
  }

  /** Somebody has come or gone, or shows something else. */
  presenceGrew(name: string): void {
    const channel = this.places.get(name);
    if (channel !== null) this.#flush.grew(channel);
  }

  /** Who is there is said by another log: everybody is told all anew. */
  presenceReplaced(name: string): void {
    const channel = this.places.get(name);
    if (channel === null) return;
    channel.restart(channel.feed.anew());
    this.#flush.replaced(channel);
  }

  troubled(cause: unknown): void {
    this.#observe({ type: 'error', stage: 'broker', cause });
  }

  drained(connection: Connection): void {
    this.#flush.drained([...this.#cursors(connection)]);
  }

  closed(connection: Connection, end: End): void {
    for (const cursor of this.#cursors(connection)) this.#leave(cursor);
    for (const channel of channelNames(connection)) {
      this.#observe({ type: 'unsubscribed', transport: connection.name, channel });
    }
    this.#connections.get(connection)?.stopHeartbeat();
    this.#connections.delete(connection);
    const channels = channelNames(connection);
    this.#observe({ type: 'connection_closed', transport: connection.name, channels, end: end.type });
    if (this.#connections.size > 0) return;
    for (const resolve of this.#whenEmpty) resolve();
    this.#whenEmpty = [];
  }

  failed(_connection: Connection, cause: unknown): void {
    this.#observe({ type: 'error', stage: 'transport', cause });
  }

  /** Opens the pipe. If it cannot be opened, nobody holds the channels, and the listener is told that it is over. */
  #connect(options: ConnectionOptions, subscriptions: readonly Subscription[]): Connection {
    try {
      return new Connection(this, options);
    } catch (cause) {
      for (const { channel } of subscriptions) this.following.release(channel.name);
      options.listener?.closed({ type: 'failed' });
      throw cause;
    }
  }

  #cursors(connection: Connection): Iterable<Cursor> {
    return this.#connections.get(connection)?.cursors.values() ?? [];
  }

  #leave(cursor: Cursor): void {
    cursor.channel.remove(cursor);
    this.#flush.left(cursor);
    cursor.channel.holder.release(cursor.name);
  }
}

function places(store: PresenceStore): FollowSource<PresenceFeed> {
  return {
    async follow({ channel, definition: { presence } }) {
      if (presence === null)
        throw new RtError('presence_unsupported', `"${channel}" has no presence in its definition`);
      return new PresenceFeed(channel, await store.follow(channel), presence);
    },
    unfollow: (channel) => store.unfollow(channel),
  };
}

function publications(broker: Broker, attendance: Attendance): FollowSource<PublicationFeed> {
  return {
    async follow({ channel, definition: { keep, slow, everyMs } }) {
      const { log } = await broker.follow(channel, keep);
      attendance.occupied(channel);
      return new PublicationFeed(channel, log, { conflates: slow === 'conflate', everyMs });
    },
    async unfollow(channel) {
      attendance.vacated(channel);
      await broker.unfollow(channel);
    },
    catchUp: async (channel) => broker.catchUp?.(channel),
  };
}

/** Under which name a connection's cursor over who is in a channel stands: no channel is called so. */
function watching(channel: string): string {
  return `${channel} presence`;
}

function channelNames(connection: Connection): readonly string[] {
  return connection.readings.map(({ name }) => name);
}
