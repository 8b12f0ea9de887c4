import type { ChannelNameOf, PatternOf } from '@rt/protocol';
import type { ChannelStatus, From, Gap, Loaded, Publication } from './channel-core.ts';
import type { OptimisticEntry } from './optimistic.ts';
import type { PresenceSnapshot } from './presence-view.ts';
import type { Store } from './store.ts';

/** A Standard Schema, as far as its types go. */
interface Schema {
  readonly '~standard': { readonly types?: { readonly input: unknown; readonly output: unknown } | undefined };
}

/** The channels of an app, as `defineChannels` has typed them: `createClient<typeof channels>(…)`. */
export interface AnyChannels {
  readonly types?: {
    readonly events: { readonly [pattern: string]: { readonly [event: string]: Schema } };
    readonly states: { readonly [pattern: string]: Schema };
  };
}

type Types<Of> = Of extends Schema ? NonNullable<Of['~standard']['types']> : never;
type InputOf<Of> = Types<Of> extends { readonly input: infer Input } ? Input : never;
type OutputOf<Of> = Types<Of> extends { readonly output: infer Output } ? Output : never;

type Events<Channels extends AnyChannels> = NonNullable<Channels['types']>['events'];
type States<Channels extends AnyChannels> = NonNullable<Channels['types']>['states'];
type Pattern<Channels extends AnyChannels> = keyof Events<Channels> & string;

/** Every channel name that some definition matches. */
export type ChannelName<Channels extends AnyChannels> = ChannelNameOf<Pattern<Channels>>;

/** The events of the definition that a channel name falls under. */
export type EventsOf<Channels extends AnyChannels, Name extends string> = Events<Channels>[PatternOf<
  Pattern<Channels>,
  Name
>];

/** What a member of a channel shows. */
export type StateOf<Channels extends AnyChannels, Name extends string> = OutputOf<
  States<Channels>[PatternOf<Pattern<Channels>, Name>]
>;

type EventName<Events> = keyof Events & string;

/** What a publication of an event holds. */
export type DataOf<Events, Event extends EventName<Events>> = OutputOf<Events[Event]>;

/** Every publication that a channel can hold, as a union over its events. */
export type PublicationOf<Events> = {
  [Event in EventName<Events>]: Publication<Event, OutputOf<Events[Event]>>;
}[EventName<Events>];

/** Every publication of a client's own that may be shown before it is stored, as a union over the channel's events. */
export type PendingOf<Events> = {
  [Event in EventName<Events>]: OptimisticEntry<Event, InputOf<Events[Event]>>;
}[EventName<Events>];

/** How a channel is read. */
export interface ChannelOptions<State> {
  /** Where to begin. @default 'now' */
  readonly from?: From;
  /**
   * Reads the state that the channel's publications change, with its position: at the beginning, and again when
   * publications are missing. `fromResponse` makes it out of an HTTP answer.
   */
  readonly state?: () => Promise<Loaded<State>>;
}

/** How something is published. */
export interface PublishOptions {
  /** Refused with `conflict` if anything newer was published; of an event with a key, anything newer about the same. */
  readonly ifPosition?: string;
  /** The same for each repetition of one publication. @default a new one, which is kept over reconnects */
  readonly key?: string;
  /**
   * Shows it in `pending` until it has come back, or with the reason why it was refused: nobody has to wait for it.
   * @default false
   */
  readonly optimistic?: boolean;
}

/** A run of publications, oldest first. */
export interface History<Item> {
  /** The place to read on from. */
  readonly position: string;
  /** The oldest place from which nothing is missing. */
  readonly floor: string;
  readonly publications: readonly Item[];
  readonly gap: Gap | null;
}

/** Which publications `history` reads. @default the newest 100 */
export interface HistoryQuery {
  readonly after?: string;
  readonly last?: number;
  /** The most publications. @default 100 */
  readonly limit?: number;
}

/** Who is in a channel: a store, and what this client does there. */
export interface Presence<State> extends Store<PresenceSnapshot<State>> {
  /** Is a member from now on, also after a reconnect. Called again it shows something else. @throws RtError */
  enter(state: State): Promise<void>;
  /** Shows something else. As `enter`. @throws RtError */
  update(state: State): Promise<void>;
  /** Is no member any more: at once. @throws RtError */
  leave(): Promise<void>;
  readonly members: PresenceSnapshot<State>['members'];
}

/**
 * One channel. A store of what it is; it is read as long as somebody listens. It is read once for all who listen: one
 * that comes while it is read is told what comes from then on. `read` has a place of its own.
 */
export interface Channel<Events, State = unknown, Loaded = unknown> extends Store<ChannelStatus> {
  readonly name: string;
  readonly status: ChannelStatus;
  /** The place after the last publication that was delivered, or `null` before there is one. */
  readonly position: string | null;
  /** Calls for each publication of an event. Returns how to stop. */
  on<Event extends EventName<Events>>(
    event: Event,
    handler: (data: DataOf<Events, Event>, publication: Publication<Event, DataOf<Events, Event>>) => void,
  ): () => void;
  /** Calls for every publication. Returns how to stop. */
  onAny(handler: (publication: PublicationOf<Events>) => void): () => void;
  /** Calls when publications are missing. Returns how to stop. */
  onGap(handler: (gap: Gap) => void): () => void;
  /** Calls with what the `state` option has read, at the beginning and after each gap. Returns how to stop. */
  onState(handler: (state: Loaded) => void): () => void;
  /**
   * Resolves to the position once it is stored, or to `null` of what is ephemeral. It is kept while there is no
   * connection, sent in order, and stored once however often it is sent.
   *
   * @throws RtError as the server refuses it, `client_closed`
   */
  publish<Event extends EventName<Events>>(
    event: Event,
    data: InputOf<Events[Event]>,
    options?: PublishOptions,
  ): Promise<string | null>;
  /** This client's own publications that are shown and not stored yet, in their order. */
  readonly pending: Store<readonly PendingOf<Events>[]>;
  /**
   * Asks the server's handler, and resolves to its answer.
   *
   * @throws RtError as the server refuses it; `connection_lost` if the answer was: it may have been executed
   */
  send<Answer = unknown>(event: string, data: unknown): Promise<Answer>;
  /** Reads what is kept, oldest first. @throws RtError */
  history(query?: HistoryQuery): Promise<History<PublicationOf<Events>>>;
  /**
   * Every publication from a place on, one after the other, at the reader's own speed: what it is behind with is read
   * from the log. @throws RtError as the server refuses it, and `GapError` if publications are missing
   */
  read(options?: { readonly from?: From }): AsyncIterableIterator<PublicationOf<Events>>;
  readonly presence: Presence<State>;
}
