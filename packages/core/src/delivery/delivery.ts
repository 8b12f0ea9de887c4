import type { Start } from '@rt/protocol';
import type { Broker, BrokerSink } from '../broker/broker.ts';
import type { Place } from '../log/locate.ts';
import { locate } from '../log/locate.ts';
import type { Entry } from '../log/entry.ts';
import type { Payload } from '../log/payload.ts';
import type { Observer } from '../observe/observer.ts';
import type { Settings } from '../options.ts';
import type { Clock } from '../runtime/clock.ts';
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
  readonly following: Following;
  readonly #clock: Clock;
  readonly #observe: Observer;
  readonly #flush: Flush;
  readonly #heartbeat: Heartbeat | null;
  readonly #connections = new Map<Connection, Row>();
  #whenEmpty: (() => void)[] = [];

  constructor(broker: Broker, { clock, observe, heartbeatEveryMs }: Settings) {
    this.#clock = clock;
    this.#observe = observe;
    this.#flush = new Flush(clock, observe);
    const letGoOf = (channel: LocalChannel): void => this.#flush.forget(channel);
    this.following = new Following(publications(broker), observe, letGoOf);
    this.#heartbeat = heartbeatEveryMs === null ? null : new Heartbeat(clock, heartbeatEveryMs);
  }

  get connections(): Iterable<Connection> {
    return this.#connections.keys();
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
    connection.readings.push(cursor);
    this.#connections.get(connection)?.cursors.set(channel.name, cursor);
    this.#observe({ type: 'subscribed', transport: connection.name, channel: channel.name });
    if (place.gap !== null) this.#observe({ type: 'gap', channel: channel.name, reason: place.gap });
    return { cursor, place };
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
    connection.readings.splice(connection.readings.indexOf(cursor), 1);
    this.#leave(cursor);
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

  passed(name: string, payload: Payload, key: string | null): void {
    const channel = this.following.get(name);
    if (channel === null) return;
    channel.pass(payload, key);
    this.#flush.grew(channel);
  }

  drained(connection: Connection): void {
    this.#flush.drained([...this.#cursors(connection)]);
  }

  closed(connection: Connection, end: End): void {
    for (const cursor of this.#cursors(connection)) this.#leave(cursor);
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
      options.listener?.closed();
      throw cause;
    }
  }

  #cursors(connection: Connection): Iterable<Cursor> {
    return this.#connections.get(connection)?.cursors.values() ?? [];
  }

  #leave(cursor: Cursor): void {
    cursor.channel.remove(cursor);
    this.#flush.left(cursor);
    this.following.release(cursor.name);
    this.#observe({ type: 'unsubscribed', transport: cursor.connection.name, channel: cursor.name });
  }
}

function publications(broker: Broker): FollowSource {
  return {
    async follow({ channel, definition: { keep, slow, everyMs } }) {
      const { log } = await broker.follow(channel, keep);
      return new PublicationFeed(channel, log, { conflates: slow === 'conflate', everyMs });
    },
    unfollow: (channel) => broker.unfollow(channel),
  };
}

function channelNames(connection: Connection): readonly string[] {
  return connection.readings.map(({ name }) => name);
}
