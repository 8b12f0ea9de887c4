import { RtError } from '@rt/protocol';
import type { Broker } from './broker/broker.ts';
import { GuardedBroker } from './broker/guarded-broker.ts';
import { memoryBroker } from './broker/memory-broker.ts';
import type { ConnectionCount, OwnNode, Reached } from './cluster/peers.ts';
import { Peers } from './cluster/peers.ts';
import type { Counted } from './cluster/question.ts';
import type { CurrentTrace } from './channels/carried-trace.ts';
import type { ChannelDoor } from './channels/channel-door.ts';
import { channelDoor } from './channels/channel-door.ts';
import type { Channels, EventsByPattern } from './channels/define-channel.ts';
import { Publisher } from './channels/publisher.ts';
import { Registry } from './channels/registry.ts';
import { Delivery } from './delivery/delivery.ts';
import { Drain } from './delivery/drain.ts';
import type { Exchange } from './http/exchange.ts';
import { Admission } from './http/admission.ts';
import { hurryPoll } from './http/poll-session.ts';
import { serve, serveAsked } from './http/routes.ts';
import type { CloseOptions, Health, RequestHub, UserResolver } from './hub.ts';
import type { FlushListener } from './observe/flush-listeners.ts';
import type { Measures } from './observe/measures.ts';
import { measures } from './observe/measures.ts';
import { doubts, surroundings } from './observe/surroundings.ts';
import { TwinHubs } from './observe/twin-hubs.ts';
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
import { UserConnections } from './session/user-connections.ts';

interface UntypedHandle extends ChannelDoor {
  members(): Promise<Members>;
}

/** A hub as it is made: here a channel is known by its name alone. */
export class CoreHub implements Parts, RequestHub {
  readonly registry: Registry;
  readonly settings: Settings;
  readonly broker: Broker;
  readonly presence: PresenceStore;
  readonly attendance: Attendance;
  readonly delivery: Delivery;
  readonly publisher: Publisher;
  readonly handlers: Handlers = new Handlers();
  readonly admission: Admission;
  readonly sessions: Sessions;
  readonly peers: Peers;
  readonly #users: UserConnections;
  readonly #twins: TwinHubs;
  /** Whether its channels are kept in a memory of its own. */
  readonly #alone: boolean;
  readonly #listeners: PresenceListeners;
  #closed: Promise<void> | null = null;

  constructor(options: HubOptions & { readonly channels: Pick<Channels<EventsByPattern>, 'definitions'> }) {
    this.settings = settings(options);
    const { clock, random, limits, observe, tally } = this.settings;
    this.registry = new Registry(options.channels.definitions, observe);
    for (const message of doubts(surroundings(), options.broker !== undefined)) observe({ type: 'warning', message });
    this.#twins = new TwinHubs(this.registry.patterns, { isRead: (name) => this.#isRead(name) });
    this.#alone = options.broker === undefined;
    this.sessions = new Sessions(options.broker?.bus !== undefined);
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
    const users = (this.#users = new UserConnections(this.sessions, this.delivery));
    const own: OwnNode = {
      serve: (exchange, userId) => serveAsked(exchange, this, userId),
      disconnect: (user) => users.disconnect(user),
      revoke: (user, channel) => users.revoke(user, channel),
      hurry: (id) => {
        const session = this.sessions.get(id);
        if (session !== null) hurryPoll(session);
      },
      count: (of) => users.count(of),
    };
    this.peers = new Peers(options.broker?.bus ?? null, own, observe);
  }

  get revision(): number {
    return this.#users.revision;
  }

  get closing(): boolean {
    return this.#closed !== null;
  }

  channel(name: string): UntypedHandle {
    const match = this.registry.find(name, 'app');
    const { publisher, broker } = this;
    return {
      ...channelDoor(match, { publisher, broker, check: () => this.#mayUse(name) }),
      members: async () => {
        this.#refuseWhenClosing();
        presenceOf(match);
        return membersOf(name, await this.presence.look(name));
      },
    };
  }

  async handle(exchange: Exchange, user: UserResolver): Promise<void> {
    this.#twins.served();
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
    this.#users.disconnect(user);
    this.#expel(user, null);
    return this.peers.tell({ type: 'disconnect', user });
  }

  async revoke({ user, channel }: { readonly user: string; readonly channel: string }): Promise<Reached> {
    this.#users.revoke(user, channel);
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
    const forwarded = this.peers.hurry();
    // What was published before still arrives, before the goodbye. Nothing is published from now on, so this ends.
    const published = this.publisher.idle().then((channels) => this.delivery.following.catchUp(channels));
    await Promise.race([published, late]);
    await this.delivery.flushed();
    const drain = new Drain(this.settings, this.delivery);
    const error = new RtError('hub_closed', 'this server is closing; another one will answer');
    const stop = drain.run(withinMs / 2, (connection, retryInMs) => connection.end(error, retryInMs));
    await this.delivery.empty();
    stop();
    await Promise.race([Promise.all([this.#listeners.finish(), forwarded]), late]);
    cancel();
    await this.peers.close();
    await this.presence.close();
    await this.broker.close();
  }

  /** Also who has lost the connection, and is waited for, is gone. */
  #expel(user: string, channel: string | null): void {
    const { observe } = this.settings;
    this.presence.expel(user, channel).catch((cause: unknown) => observe({ type: 'error', stage: 'presence', cause }));
  }

  #isRead(channel: string): boolean {
    return !this.closing && this.delivery.following.get(channel) !== null;
  }

  /** Before the app's own code publishes or reads. */
  #mayUse(channel: string): void {
    this.#refuseWhenClosing();
    if (!this.#alone || !this.#twins.isMissedAtTwin(channel)) return;
    const message =
      'there are two hubs of the same channels in this process: clients read at one, and the other is used, which nobody has mounted. ' +
      'Call createHub once, and import that hub wherever you publish';
    this.settings.observe({ type: 'warning', message });
  }

  #refuseWhenClosing(): void {
    if (this.closing)
      throw new RtError('hub_closed', 'this hub is closing; nothing is published or read here any more');
  }
}
