import type {
  AnyChannels,
  Channel,
  ChannelName,
  ChannelStatus,
  Client,
  DataOf,
  EventsOf,
  From,
  Gap,
  Loaded,
  PendingOf,
  PresenceSnapshot,
  Publication,
  PublicationOf,
  RtError,
  StateOf,
  Status,
} from '@rt/client';
import type { FunctionComponent, ReactNode } from 'react';

/** What a component does when something happens in a channel. The functions may be new with each render. */
export interface ChannelListeners<Events> {
  /** Called for each publication of an event from now on, and for none that was before. */
  readonly on?: {
    readonly [Event in keyof Events & string]?: (
      data: DataOf<Events, Event>,
      publication: Publication<Event, DataOf<Events, Event>>,
    ) => void;
  };
  /** Called for every publication from now on. */
  readonly onAny?: (publication: PublicationOf<Events>) => void;
  /** Called when publications are missing. */
  readonly onGap?: (gap: Gap) => void;
}

/** Where a channel's state begins. What is given when it begins counts. */
export interface ChannelStateOptions<State> {
  /**
   * The publications that are reduced: those from a place on. With `{ after: position }` a state goes on that was read
   * before, as by a server that has rendered it. Whoever may not read what was before begins now. @default 'now'
   */
  readonly from?: From;
  /**
   * Reads the state with the position to follow it from: at the beginning, unless `from` says after what `initial` is, and
   * when publications are missing. `fromResponse` makes it out of an HTTP answer. What it throws is reported as uncaught,
   * and it is tried again. @default none: it begins with `initial`
   */
  readonly load?: () => Promise<Loaded<State>>;
}

/** Which publications are listed. */
export interface PublicationsOptions<Event extends string> {
  /** How many of the newest are kept. What was before the component is read as far as it is among so many. @default 50 */
  readonly last?: number;
  /** Lists those of one event. @default all events */
  readonly event?: Event;
  /** Where it begins. @default { last } */
  readonly from?: From;
}

/** What a component shows in a channel. */
export interface PresenceHookOptions<State> {
  /** Is a member with this while the component is mounted; `null` is none. @default null */
  readonly enter?: State | null;
}

/** Who is in a channel, and why this client may not be, if it was refused. */
export interface PresenceView<State> extends PresenceSnapshot<State> {
  readonly error: RtError | null;
}

/** The hooks of an app: each channel name, event and payload is checked against the app's channels. */
export interface Hooks<Channels extends AnyChannels> {
  /** Gives a client to everything inside it: another one for tests, or one for each request of a server. */
  readonly RtProvider: FunctionComponent<{ readonly client: Client<Channels>; readonly children?: ReactNode }>;

  /** The client itself. @throws Error without a client */
  useClient(): Client<Channels>;

  /** What the connection is. Does not connect. */
  useConnection(): Status;

  /**
   * The channel, to publish to and ask: the same object until the name is another. Never renders by itself. If it is given
   * listeners, it reads as long as the component is mounted.
   */
  useChannel<Name extends ChannelName<Channels>>(
    name: Name,
    listeners?: ChannelListeners<EventsOf<Channels, Name>>,
  ): Channel<EventsOf<Channels, Name>, StateOf<Channels, Name>>;

  /** What the channel is: `live`, `recovering`, `denied` … Reads it; publications do not render. */
  useChannelStatus(name: ChannelName<Channels>): ChannelStatus;

  /**
   * What the publications make up, as `useReducer` would: `reduce` is called once for each, in order. When publications are
   * missing it begins anew, and shows what it had until then.
   *
   * `const total = useChannelState('order:42', (sum, { data }) => sum + data.price, 0)`
   *
   * @param initial What there is before the first publication
   */
  useChannelState<Name extends ChannelName<Channels>, State>(
    name: Name,
    reduce: (state: State, publication: PublicationOf<EventsOf<Channels, Name>>) => State,
    initial: State,
    options?: ChannelStateOptions<State>,
  ): State;

  /** The newest publications, oldest first: those that are kept, and those that come. */
  usePublications<
    Name extends ChannelName<Channels>,
    Event extends keyof EventsOf<Channels, Name> & string = keyof EventsOf<Channels, Name> & string,
  >(
    name: Name,
    options?: PublicationsOptions<Event>,
  ): readonly PublicationOf<Pick<EventsOf<Channels, Name>, Event>>[];

  /**
   * This client's own publications with `optimistic: true` that have not come back yet, in their order, and those that
   * were refused, with the reason and `dismiss()`. One that comes back is in the list in the very render in which it is
   * not pending any more.
   */
  usePending<Name extends ChannelName<Channels>>(name: Name): readonly PendingOf<EventsOf<Channels, Name>>[];

  /**
   * Who is in the channel. With `enter` this client is a member while the component is mounted, and shows something else
   * when that has another content. Members that have not changed are the same objects.
   */
  usePresence<Name extends ChannelName<Channels>>(
    name: Name,
    options?: PresenceHookOptions<StateOf<Channels, Name>>,
  ): PresenceView<StateOf<Channels, Name>>;

  /**
   * Is a member while the component is mounted, as `usePresence` with `enter`, but is not rendered by who else is there.
   * Of several components that enter, the one that came last is shown.
   *
   * @param state What is shown; `null` is no member
   * @returns Why it was refused, or `null`
   */
  useMembership<Name extends ChannelName<Channels>>(name: Name, state: StateOf<Channels, Name> | null): RtError | null;
}
