// @rt/react

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

export interface ChannelListeners<Events> {
  readonly on?: {
    readonly [Event in keyof Events & string]?: (
      data: DataOf<Events, Event>,
      publication: Publication<Event, DataOf<Events, Event>>,
    ) => void;
  };
  readonly onAny?: (publication: PublicationOf<Events>) => void;
  readonly onGap?: (gap: Gap) => void;
}

export interface ChannelStateOptions<State> {
  readonly from?: From;
  readonly load?: () => Promise<Loaded<State>>;
}

export interface Hooks<Channels extends AnyChannels> {
  readonly RtProvider: FunctionComponent<{
    readonly client: Client<Channels>;
    readonly children?: ReactNode;
  }>;
  useClient(): Client<Channels>;
  useConnection(): Status;
  useChannel<Name extends ChannelName<Channels>>(
    name: Name,
    listeners?: ChannelListeners<EventsOf<Channels, Name>>,
  ): Channel<EventsOf<Channels, Name>, StateOf<Channels, Name>>;
  useChannelStatus(name: ChannelName<Channels>): ChannelStatus;
  useChannelState<Name extends ChannelName<Channels>, State>(
    name: Name,
    reduce: (state: State, publication: PublicationOf<EventsOf<Channels, Name>>) => State,
    initial: State,
    options?: ChannelStateOptions<State>,
  ): State;
  usePublications<
    Name extends ChannelName<Channels>,
    Event extends keyof EventsOf<Channels, Name> & string = keyof EventsOf<Channels, Name> & string,
  >(
    name: Name,
    options?: PublicationsOptions<Event>,
  ): readonly PublicationOf<Pick<EventsOf<Channels, Name>, Event>>[];
  usePending<Name extends ChannelName<Channels>>(name: Name): readonly PendingOf<EventsOf<Channels, Name>>[];
  usePresence<Name extends ChannelName<Channels>>(
    name: Name,
    options?: PresenceHookOptions<StateOf<Channels, Name>>,
  ): PresenceView<StateOf<Channels, Name>>;
  useMembership<Name extends ChannelName<Channels>>(name: Name, state: StateOf<Channels, Name> | null): RtError | null;
}

export interface PresenceHookOptions<State> {
  readonly enter?: State | null;
}

export interface PresenceView<State> extends PresenceSnapshot<State> {
  readonly error: RtError | null;
}

export interface PublicationsOptions<Event extends string> {
  readonly last?: number;
  readonly event?: Event;
  readonly from?: From;
}

export declare function createHooks<Channels extends AnyChannels>(client?: Client<Channels> | null): Hooks<Channels>;
