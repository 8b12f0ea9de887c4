import type { Broker, BrokerSink } from '../broker/broker.ts';
import type { Place, Start } from '../log/locate.ts';
import { locate } from '../log/locate.ts';
import type { Entry } from '../log/log.ts';
import type { Observer } from '../observe/observer.ts';
import type { Settings } from '../options.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ConnectionOptions, ConnectionOwner } from './connection.ts';
import { Connection } from './connection.ts';
import { Flush } from './flush.ts';
import { Following } from './following.ts';
import { Heartbeat } from './heartbeat.ts';
import type { LocalChannel } from './local-channel.ts';
import { Cursor } from './local-channel.ts';
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
  readonly cursors: readonly Cursor[];
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
    this.following = new Following(broker, observe, (channel) => this.#flush.forget(channel));
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
    const placed = subscriptions.map(({ channel, start }): Placed => {
      const place = locate(start, channel.log.head(this.#clock.now()));
      const cursor = new Cursor(channel, connection, place.offset);
      channel.add(cursor);
      connection.readings.push(cursor);
      if (place.gap !== null) this.#observe({ type: 'gap', channel: channel.name, reason: place.gap });
      return { cursor, place };
    });
    const stopHeartbeat = this.#heartbeat?.add(connection) ?? ((): void => {});
    this.#connections.set(connection, { cursors: placed.map(({ cursor }) => cursor), stopHeartbeat });
    this.#observe({ type: 'connection_opened', transport: connection.name, channels: channelNames(connection) });
    return [connection, placed];
  }

  /** Lets the connection's cursors read what is there for them. */
  begin(connection: Connection): void {
    this.#flush.begin(connection, this.#cursors(connection));
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

  drained(connection: Connection): void {
    this.#flush.drained(this.#cursors(connection));
  }

  closed(connection: Connection, end: End): void {
    for (const cursor of this.#cursors(connection)) {
      cursor.channel.remove(cursor);
      this.#flush.left(cursor);
      this.following.release(cursor.name);
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

  /** Opens the pipe. If it cannot be opened, nobody holds the channels. */
  #connect(options: ConnectionOptions, subscriptions: readonly Subscription[]): Connection {
    try {
      return new Connection(this, options);
    } catch (cause) {
      for (const { channel } of subscriptions) this.following.release(channel.name);
      throw cause;
    }
  }

  #cursors(connection: Connection): readonly Cursor[] {
    return this.#connections.get(connection)?.cursors ?? [];
  }
}

function channelNames(connection: Connection): readonly string[] {
  return connection.readings.map(({ name }) => name);
}
