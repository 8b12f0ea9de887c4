import type { Params } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Broker } from './broker/broker.ts';
import { GuardedBroker } from './broker/guarded-broker.ts';
import { memoryBroker } from './broker/memory-broker.ts';
import type { ConnectionCount, OwnNode, Reached } from './cluster/peers.ts';
import { Peers } from './cluster/peers.ts';
import type { Counted } from './cluster/question.ts';
import type { CurrentTrace } from './channels/carried-trace.ts';
import type { ChannelDoor, PublishOptions } from './channels/channel-door.ts';
import { channelDoor } from './channels/channel-door.ts';
import type {
  ChannelName,
  Channels,
  EventsByPattern,
  EventSchemas,
  EventsOf,
  StateOf,
  StatesByPattern,
  User,
} from './channels/define-channel.ts';
import type { History, HistoryQuery, Publication } from './channels/history.ts';
import { Publisher } from './channels/publisher.ts';
import { Registry } from './channels/registry.ts';
import type { Connection } from './delivery/connection.ts';
import { Delivery } from './delivery/delivery.ts';
import { Drain } from './delivery/drain.ts';
import type { Exchange } from './http/exchange.ts';
import { Admission } from './http/admission.ts';
import { serve, serveAsked } from './http/routes.ts';
import type { FlushListener } from './observe/flush-listeners.ts';
import type { Measures } from './observe/measures.ts';
import { measures } from './observe/measures.ts';
import type { HubOptions, Settings } from './options.ts';
import { settings } from './options.ts';
import { wholeNumber } from './whole-number.ts';
import type { Parts } from './parts.ts';
import { Attendance } from './presence/attendance.ts';
import type { Members } from './presence/members.ts';
import { membersOf } from './presence/members.ts';
import { memoryPresence } from './presence/memory-presence.ts';
import type { PresenceListener } from './presence/presence-listeners.ts';
import { PresenceListeners } from './presence/presence-listeners.ts';
import type { PresenceSink, PresenceStore } from './presence/presence-store.ts';
import type { Handler } from './session/handlers.ts';
import { Handlers } from './session/handlers.ts';
import { presenceOf } from './session/memberships.ts';
import { Sessions } from './session/sessions.ts';

type Input<Schema> = Schema extends StandardSchemaV1 ? StandardSchemaV1.InferInput<Schema> : never;
type Output<Schema> = Schema extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<Schema> : never;

/** What publishing an event resolves to: its position, or `null` where it has none. */
type Place<Schema> = Schema extends { readonly ephemeral: object } ? null : string;

/** Every publication that a channel can hold, as a union over its events. */
export type PublicationOf<Events extends EventSchemas> = {
  [Event in keyof Events & string]: Publication<Event, Output<Events[Event]>>;
}[keyof Events & string];

/** One channel, seen by the server's own code: no rule is asked. */
export interface ChannelHandle<Events extends EventSchemas, State = unknown> {
  readonly name: string;
  /** The pattern of the definition that it falls under, and the parameters in its name. */
  readonly pattern: string;
  readonly params: Readonly<Record<string, string>>;
  /**
   * Publishes to everybody who is subscribed or comes back later. Resolves to the publication's position once it is
   * kept; to `null` for an {@link ephemeral} event, which is told to whoever is there and keeps up. Publications of one channel are kept in the order of the calls; nothing is kept if it rejects.
   *
   * @throws RtError `event_unknown`, `event_invalid`, `publication_too_large`, `conflict`, `position_invalid`,
   *   `hub_closed`, `broker_failed`
   */
  publish<Event extends keyof Events & string>(
    event: Event,
    data: Input<Events[Event]>,
    options?: PublishOptions,
  ): Promise<Place<Events[Event]>>;
  /**
   * The place of the newest publication. Read it before you read the state that the channel's publications change, and
   * give both to the client: whoever goes on from there misses nothing of what came in between.
   *
   * @throws RtError `hub_closed`, `broker_failed`
   */
  position(): Promise<string>;
  /**
   * Reads what is kept, oldest first. @default { last: 100 }
   *
   * @throws RtError `position_invalid`, `option_invalid`, `hub_closed`, `broker_failed`
   */
  history(query?: HistoryQuery): Promise<History<PublicationOf<Events>>>;
  /**
   * Reads state together with the channel's position, which is read first: whoever goes on from there misses nothing of
   * what changes the state.
   *
   * @throws RtError `hub_closed`, `broker_failed`; and whatever `load` rejects with
   */
  withPosition<State>(
    load: () => State | Promise<State>,
  ): Promise<{ readonly state: State; readonly position: string }>;
  /**
   * Everybody who is here, however many.
   *
   * @throws RtError `presence_unsupported`, `hub_closed`, `broker_failed`
   */
  members(): Promise<Members<State>>;
}

/** How a host says who asks. */
export type UserResolver = () => User | null | undefined | Promise<User | null | undefined>;

/** The side of a hub that hosts use. */
export interface RequestHub {
  /**
   * Serves one HTTP request to the URL at which the host has mounted the hub. Always answers, never rejects; resolves
   * when the head is sent or the peer has gone.
   *
   * @param user Says who asks; `null` or `undefined` is nobody in particular. Called once at most.
   */
  handle(exchange: Exchange, user: UserResolver): Promise<void>;
}

/** The centre of an app's live features: its channels, and the connections of this process. */
export interface Hub<
  Map extends EventsByPattern = EventsByPattern,
  out States extends StatesByPattern = StatesByPattern,
> extends RequestHub {
  /** @throws RtError `channel_unknown`, `channel_invalid` */
  channel<Name extends ChannelName<Map>>(name: Name): ChannelHandle<EventsOf<Map, Name>, StateOf<Map, States, Name>>;
  /**
   * Answers what clients `send` to channels of a pattern. The channel's `send` rule is asked first. Returns how to take
   * the handler away again.
   *
   * @throws RtError `definition_invalid` if no definition has this pattern, or if it has a handler for the event.
   */
  on<Pattern extends keyof Map & string>(
    pattern: Pattern,
    event: string,
    handler: Handler<Params<Pattern>>,
  ): () => void;
  /**
   * Ends the sessions, streams and polls of a user, and the user is no member of anything any more. It keeps nobody
   * out: who may not come back has to be refused by the host or by a rule. It is done here within the call, and on the
   * other nodes of a cluster when it resolves. It never rejects: where a node has not answered within 5 seconds,
   * `answered` is less than `nodes`.
   */
  disconnect(who: { readonly user: string }): Promise<Reached>;
  /**
   * Takes back a permission at once: the user's subscriptions to the channel are ended, also those that were allowed a
   * moment ago and have not begun, and the user is no member of it any more. Change what the rule looks at first, since
   * they may try again. On other nodes as `disconnect`.
   */
  revoke(what: { readonly user: string; readonly channel: string }): Promise<Reached>;
  /**
   * Counts the open connections on all nodes, or those of a user, or those that read a channel. Never rejects: where a
   * node has not answered in time, `answered` is less than `nodes`.
   */
  connections(of?: { readonly user?: string; readonly channel?: string }): Promise<ConnectionCount>;
  /**
   * Tells what becomes of users, members and channels, from now on: each event at least once, one after the other, in the
   * order in which it happened for a channel or a user. Of nodes that share a broker every one SHOULD have the listener:
   * each event is told on one of them. The first listener is also told of the users who are connected
   * and the channels that are read already. If the listener throws or rejects, it is told the same event again
   * after a while, and the others wait. Returns how to take it away again.
   */
  onPresence(listener: PresenceListener): () => void;
  /** Whether this node lives, and whether it should be given new connections. */
  health(): Health;
  /** What this node does, in numbers. Made when it is asked for, in time that grows with the number of subscriptions. */
  measures(): Measures;
  /** Tells how long each turn takes in which publications are handed to connections. Returns how to take it away again. */
  onFlush(listener: FlushListener): () => void;
  /**
   * Lets publications carry the W3C `traceparent` of the span that they are made in, to every node, worker and client
   * that reads them, as `trace`. Nothing is carried before. Returns how to stop.
   */
  traceWith(current: CurrentTrace): () => void;
  /**
   * Closes: from now on requests and publications are refused; what was published before is delivered; then, in slices
   * over the first half of `withinMs` if there are many, polls are answered, and streams and sessions are told when to
   * come back and are ended. Resolves when every connection is gone, those that do not go by themselves after
   * `withinMs`. Calling it again returns the same promise.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** What a load balancer wants to know. */
export interface Health {
  readonly live: boolean;
  readonly ready: boolean;
  /** Why it is not ready, or `null`. */
  readonly reason: string | null;
}

export interface CloseOptions {
  /** The longest that clients may take to go. @default 10_000 */
  readonly withinMs?: number;
}

/** Creates a hub over an app's channels. @throws RtError `definition_invalid`, `option_invalid` */
export function createHub<Map extends EventsByPattern, States extends StatesByPattern>(
  options: HubOptions & { readonly channels: Channels<Map, States> },
): Hub<Map, States> {
  // The definitions were typed where they were written; from here on a channel is known by its name alone.
  return new CoreHub(options) as unknown as Hub<Map, States>;
}

interface UntypedHandle extends ChannelDoor {
  members(): Promise<Members>;
}

class CoreHub implements Parts, RequestHub {
  readonly registry: Registry;
  readonly settings: Settings;
  readonly broker: Broker;
  readonly presence: PresenceStore;
  readonly attendance: Attendance;
  readonly delivery: Delivery;
  readonly publisher: Publisher;
  readonly handlers: Handlers = new Handlers();
  readonly admission: Admission;
  readonly sessions: Sessions = new Sessions();
  readonly peers: Peers;
  revision = 0;
  readonly #listeners: PresenceListeners;
  #closed: Promise<void> | null = null;

  constructor(options: HubOptions & { readonly channels: Pick<Channels<EventsByPattern>, 'definitions'> }) {
    this.registry = new Registry(options.channels.definitions);
    this.settings = settings(options);
    const { clock, random, limits, observe, tally } = this.settings;
    this.broker = new GuardedBroker(options.broker ?? memoryBroker({ clock, random }), observe);
    this.presence = options.presence?.store ?? options.broker?.presence ?? memoryPresence({ clock, random });
    this.attendance = new Attendance(this.presence, { observe, random, graceMs: this.settings.presenceGraceMs });
    this.delivery = new Delivery(this, this.settings);
    this.publisher = new Publisher(this.broker, limits.maxPublicationBytes, tally);
    this.admission = new Admission(limits.admission, clock);
    this.#listeners = new PresenceListeners(clock, observe);
    this.broker.open(this.delivery).catch((cause: unknown) => observe({ type: 'error', stage: 'broker', cause }));
    const { delivery } = this;
    const troubled = (cause: unknown): void => observe({ type: 'error', stage: 'presence', cause });
    const sink: PresenceSink = {
      grown: (place) => delivery.presenceGrew(place),
      replaced: (place) => delivery.presenceReplaced(place),
      changed: (place, change) => this.#listeners.changed(place, change),
      missed: (count) => this.#listeners.missed(count),
      troubled,
    };
    this.presence.open(sink).catch(troubled);
    const own: OwnNode = {
      serve: (exchange, userId) => serveAsked(exchange, this, userId),
      disconnect: (user) => this.#disconnectHere(user),
      revoke: (user, channel) => this.#revokeHere(user, channel),
      count: (of) => this.#count(of),
    };
    this.peers = new Peers(options.broker?.bus ?? null, own, observe);
  }

  get closing(): boolean {
    return this.#closed !== null;
  }

  channel(name: string): UntypedHandle {
    const match = this.registry.find(name);
    const { publisher, broker } = this;
    return {
      ...channelDoor(match, { publisher, broker, check: () => this.#refuseWhenClosing() }),
      members: async () => {
        this.#refuseWhenClosing();
        presenceOf(match);
        return membersOf(name, await this.presence.look(name));
      },
    };
  }

  async handle(exchange: Exchange, user: UserResolver): Promise<void> {
    await serve(exchange, this, user);
  }

  on(pattern: string, event: string, handler: Handler): () => void {
    this.registry.require(pattern);
    return this.handlers.add(pattern, event, handler);
  }

  onPresence(listener: PresenceListener): () => void {
    const remove = this.#listeners.add(listener);
    this.attendance.want();
    return remove;
  }

  async disconnect({ user }: { readonly user: string }): Promise<Reached> {
    this.#disconnectHere(user);
    this.#expel(user, null);
    return this.peers.tell({ type: 'disconnect', user });
  }

  async revoke({ user, channel }: { readonly user: string; readonly channel: string }): Promise<Reached> {
    this.#revokeHere(user, channel);
    this.#expel(user, channel);
    return this.peers.tell({ type: 'revoke', user, channel });
  }

  async connections({ user = null, channel = null }: Partial<Counted> = {}): Promise<ConnectionCount> {
    return this.peers.count({ user, channel });
  }

  health(): Health {
    const reason = this.closing ? 'closing' : (this.broker.health?.() ?? null);
    return { live: true, ready: reason === null, reason };
  }

  measures(): Measures {
    return measures(this, this.health().ready);
  }

  onFlush(listener: FlushListener): () => void {
    return this.settings.tally.flushes.add(listener);
  }

  traceWith(current: CurrentTrace): () => void {
    return this.publisher.traceWith(current);
  }

  close({ withinMs }: CloseOptions = {}): Promise<void> {
    const limitMs = wholeNumber('withinMs', withinMs, { fallback: 10_000, min: 0 });
    this.#closed ??= this.#close(limitMs);
    return this.#closed;
  }

  async #close(withinMs: number): Promise<void> {
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.settings.clock.timer(withinMs, () => {
        for (const connection of [...this.delivery.connections]) connection.abort();
        resolve();
      });
    });
    // What was published before still arrives, before the goodbye. Nothing is published from now on, so this ends.
    const published = this.publisher.idle().then((channels) => this.delivery.following.catchUp(channels));
    await Promise.race([published, late]);
    await this.delivery.flushed();
    const drain = new Drain(this.settings, this.delivery);
    const error = new RtError('hub_closed', 'this server is closing; another one will answer');
    const stop = drain.run(withinMs / 2, (connection, retryInMs) => connection.end(error, retryInMs));
    await this.delivery.empty();
    stop();
    await Promise.race([this.#listeners.finish(), late]);
    cancel();
    await this.peers.close();
    await this.presence.close();
    await this.broker.close();
  }

  #disconnectHere(user: string): void {
    this.revision += 1;
    const error = new RtError('disconnected', 'the app has ended this session');
    for (const session of this.sessions.of(user)) session.end(error);
    for (const connection of this.#readers(user)) connection.bye(error, null);
  }

  #revokeHere(user: string, channel: string): void {
    this.revision += 1;
    const error = new RtError('permission_revoked', `"${channel}" may not be read any more`);
    for (const session of this.sessions.of(user)) session.revoke(channel);
    for (const connection of this.#readers(user)) {
      if (this.delivery.reads(connection, channel)) connection.bye(error, null);
    }
  }

  #count({ user, channel }: Counted): number {
    const connections = user === null ? [...this.delivery.connections] : this.#connectionsOf(user);
    if (channel === null) return connections.length;
    return connections.filter((connection) => this.delivery.reads(connection, channel)).length;
  }

  /** Also who has lost the connection, and is waited for, is gone. */
  #expel(user: string, channel: string | null): void {
    const { observe } = this.settings;
    this.presence.expel(user, channel).catch((cause: unknown) => observe({ type: 'error', stage: 'presence', cause }));
  }

  #connectionsOf(user: string): readonly Connection[] {
    return [...this.sessions.of(user).flatMap(({ connection }) => connection ?? []), ...this.#readers(user)];
  }

  /** The user's plain streams and polls. */
  #readers(user: string): readonly Connection[] {
    return [...this.delivery.connections].filter(({ userId }) => userId === user);
  }

  #refuseWhenClosing(): void {
    if (this.closing)
      throw new RtError('hub_closed', 'this hub is closing; nothing is published or read here any more');
  }
}
