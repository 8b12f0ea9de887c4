import type { Params } from '@rt/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ConnectionCount, Reached } from './cluster/peers.ts';
import type { CurrentTrace } from './channels/carried-trace.ts';
import type { PublishOptions } from './channels/channel-door.ts';
import type {
  ChannelName,
  EventsByPattern,
  EventSchemas,
  EventsOf,
  StateOf,
  StatesByPattern,
  User,
} from './channels/define-channel.ts';
import type { History, HistoryQuery, Publication } from './channels/history.ts';
import type { Exchange } from './http/exchange.ts';
import type { FlushListener } from './observe/flush-listeners.ts';
import type { Measures } from './observe/measures.ts';
import type { Members } from './presence/members.ts';
import type { PresenceListener } from './presence/presence-listeners.ts';
import type { Handler } from './session/handlers.ts';

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
