// @rt/client/websocket

import type { ChannelNameOf, GapBody, Member, PatternOf, RtError } from '@rt/protocol';

export declare function createClient<Channels extends AnyChannels>(
  url: string,
  options?: ClientOptions,
): Client<Channels>;

export declare function fromResponse<State>(
  answer: Response | Promise<Response>,
  header?: string,
): Promise<Loaded<State>>;

export { RtError } from '@rt/protocol';

// Not exported, and part of what is.

interface AnyChannels {
  readonly types?: {
    readonly events: {
      readonly [pattern: string]: {
        readonly [event: string]: Schema;
      };
    };
    readonly states: {
      readonly [pattern: string]: Schema;
    };
  };
}

type Body =
  | {
      readonly data: unknown;
    }
  | {
      readonly base64: string;
    };

interface Channel<Events, State = unknown, Loaded = unknown> extends Store<ChannelStatus> {
  readonly name: string;
  readonly status: ChannelStatus;
  readonly position: string | null;
  on<Event extends EventName<Events>>(
    event: Event,
    handler: (data: DataOf<Events, Event>, publication: Publication<Event, DataOf<Events, Event>>) => void,
  ): () => void;
  onAny(handler: (publication: PublicationOf<Events>) => void): () => void;
  onGap(handler: (gap: Gap) => void): () => void;
  onState(handler: (state: Loaded) => void): () => void;
  publish<Event extends EventName<Events>>(
    event: Event,
    data: InputOf<Events[Event]>,
    options?: PublishOptions,
  ): Promise<string | null>;
  readonly pending: Store<readonly PendingOf<Events>[]>;
  send<Answer = unknown>(event: string, data: unknown): Promise<Answer>;
  history(query?: HistoryQuery): Promise<History<PublicationOf<Events>>>;
  read(options?: { readonly from?: From }): AsyncIterableIterator<PublicationOf<Events>>;
  readonly presence: Presence<State>;
}

type ChannelName<Channels extends AnyChannels> = ChannelNameOf<Pattern<Channels>>;

interface ChannelOptions<State> {
  readonly from?: From;
  readonly state?: () => Promise<Loaded<State>>;
}

type ChannelStatus =
  | {
      readonly state: 'idle';
    }
  | {
      readonly state: 'pending';
    }
  | {
      readonly state: 'live';
    }
  | {
      readonly state: 'recovering';
      readonly position: string;
    }
  | {
      readonly state: 'gap';
      readonly gap: Gap;
    }
  | {
      readonly state: 'denied';
      readonly error: RtError;
    };

interface Client<Channels extends AnyChannels> extends Store<Status> {
  readonly status: Status;
  channel<Name extends ChannelName<Channels>, State = unknown>(
    name: Name,
    options?: ChannelOptions<State>,
  ): Channel<EventsOf<Channels, Name>, StateOf<Channels, Name>, State>;
  connect(): void;
  retryNow(): void;
  close(): void;
}

interface ClientOptions {
  readonly token?: () => string | null | Promise<string | null>;
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  readonly reconnect?: ReconnectOptions;
  readonly outbox?: OutboxStore;
  readonly share?: boolean | string;
  readonly environment?: Environment;
}

type DataOf<Events, Event extends EventName<Events>> = OutputOf<Events[Event]>;

interface Environment {
  now(): number;
  timer(afterMs: number, run: () => void): () => void;
  random(): number;
  readonly fetch: typeof fetch;
  readonly WebSocket: (new (url: string, protocols: string) => WebSocket) | null;
  readonly tabs?: TabGround;
  watch(listener: (sign: Sign) => void): () => void;
}

type EventName<Events> = keyof Events & string;

type Events<Channels extends AnyChannels> = NonNullable<Channels['types']>['events'];

type EventsOf<Channels extends AnyChannels, Name extends string> = Events<Channels>[PatternOf<Pattern<Channels>, Name>];

type From =
  | 'now'
  | 'start'
  | {
      readonly last: number;
    }
  | {
      readonly after: string;
    };

type Gap = GapBody;

interface History<Item> {
  readonly position: string;
  readonly floor: string;
  readonly publications: readonly Item[];
  readonly gap: Gap | null;
}

interface HistoryQuery {
  readonly after?: string;
  readonly last?: number;
  readonly limit?: number;
}

type InputOf<Of> =
  Types<Of> extends {
    readonly input: infer Input;
  }
    ? Input
    : never;

interface Loaded<State> {
  readonly state: State;
  readonly position: string;
}

interface LockEvents {
  held(): void;
  stolen(): void;
}

interface OptimisticEntry<Event extends string = string, Data = unknown> {
  readonly key: string;
  readonly event: Event;
  readonly data: Data;
  readonly error: RtError | null;
  dismiss(): void;
}

interface OutboxEntry {
  readonly key: string;
  readonly channel: string;
  readonly event: string;
  readonly body: Body;
  readonly ifPosition: string | null;
  readonly optimistic: boolean;
}

interface OutboxStore {
  load(): Promise<readonly OutboxEntry[]>;
  add(entry: OutboxEntry): Promise<void>;
  remove(key: string): Promise<void>;
}

type OutputOf<Of> =
  Types<Of> extends {
    readonly output: infer Output;
  }
    ? Output
    : never;

type Pattern<Channels extends AnyChannels> = keyof Events<Channels> & string;

type PendingOf<Events> = {
  [Event in EventName<Events>]: OptimisticEntry<Event, InputOf<Events[Event]>>;
}[EventName<Events>];

interface Presence<State> extends Store<PresenceSnapshot<State>> {
  enter(state: State): Promise<void>;
  update(state: State): Promise<void>;
  leave(): Promise<void>;
  readonly members: PresenceSnapshot<State>['members'];
}

interface PresenceSnapshot<State = unknown> {
  readonly count: number;
  readonly connections: number;
  readonly members: readonly Member<State>[];
  readonly complete: boolean;
}

interface Publication<Event extends string = string, Data = unknown> {
  readonly event: Event;
  readonly data: Data;
  readonly position: string | null;
  readonly trace?: string;
}

type PublicationOf<Events> = {
  [Event in EventName<Events>]: Publication<Event, OutputOf<Events[Event]>>;
}[EventName<Events>];

interface PublishOptions {
  readonly ifPosition?: string;
  readonly key?: string;
  readonly optimistic?: boolean;
}

interface ReconnectOptions {
  readonly firstMs?: number;
  readonly longestMs?: number;
  readonly stableMs?: number;
}

interface Schema {
  readonly '~standard': {
    readonly types?:
      | {
          readonly input: unknown;
          readonly output: unknown;
        }
      | undefined;
  };
}

type Sign = 'online' | 'offline' | 'visible' | 'frozen' | 'thawed' | 'leaving';

type StateOf<Channels extends AnyChannels, Name extends string> = OutputOf<
  States<Channels>[PatternOf<Pattern<Channels>, Name>]
>;

type States<Channels extends AnyChannels> = NonNullable<Channels['types']>['states'];

type Status =
  | {
      readonly state: 'idle';
    }
  | {
      readonly state: 'connecting';
    }
  | {
      readonly state: 'open';
      readonly transport: TransportName;
    }
  | {
      readonly state: 'waiting';
      readonly retryInMs: number;
      readonly error: RtError | null;
    }
  | {
      readonly state: 'closed';
      readonly error: RtError | null;
    };

interface Store<Snapshot> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => Snapshot;
}

interface TabGround {
  lock(name: string, how: 'wait' | 'steal', events: LockEvents): () => void;
  talk(name: string, heard: (word: unknown) => void): Talk;
}

interface Talk {
  say(word: unknown): void;
  close(): void;
}

type TransportName = 'websocket' | 'sse' | 'long-poll' | 'poll';

type Types<Of> = Of extends Schema ? NonNullable<Of['~standard']['types']> : never;
