// @rt/client

import type { ChannelNameOf, GapBody, Member, PatternOf, RtError } from '@rt/protocol';

export interface AnyChannels {
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

export interface Channel<Events, State = unknown, Loaded = unknown> extends Store<ChannelStatus> {
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

export type ChannelName<Channels extends AnyChannels> = ChannelNameOf<Pattern<Channels>>;

export interface ChannelOptions<State> {
  readonly from?: From;
  readonly state?: () => Promise<Loaded<State>>;
}

export type ChannelStatus =
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

export interface Client<Channels extends AnyChannels> extends Store<Status> {
  readonly status: Status;
  channel<Name extends ChannelName<Channels>, State = unknown>(
    name: Name,
    options?: ChannelOptions<State>,
  ): Channel<EventsOf<Channels, Name>, StateOf<Channels, Name>, State>;
  connect(): void;
  retryNow(): void;
  close(): void;
}

export interface ClientOptions {
  readonly token?: () => string | null | Promise<string | null>;
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  readonly reconnect?: ReconnectOptions;
  readonly outbox?: OutboxStore;
  readonly share?: boolean | string;
  readonly environment?: Environment;
}

export type DataOf<Events, Event extends EventName<Events>> = OutputOf<Events[Event]>;

export interface Environment {
  now(): number;
  timer(afterMs: number, run: () => void): () => void;
  random(): number;
  readonly fetch: typeof fetch;
  readonly WebSocket: (new (url: string, protocols: string) => WebSocket) | null;
  readonly tabs?: TabGround;
  watch(listener: (sign: Sign) => void): () => void;
}

export type EventsOf<Channels extends AnyChannels, Name extends string> = Events<Channels>[PatternOf<
  Pattern<Channels>,
  Name
>];

export type From =
  | 'now'
  | 'start'
  | {
      readonly last: number;
    }
  | {
      readonly after: string;
    };

export type Gap = GapBody;

export declare class GapError extends Error {
  readonly name = 'GapError';
  readonly gap: Gap;
  constructor(channel: string, gap: Gap);
}

export interface History<Item> {
  readonly position: string;
  readonly floor: string;
  readonly publications: readonly Item[];
  readonly gap: Gap | null;
}

export interface HistoryQuery {
  readonly after?: string;
  readonly last?: number;
  readonly limit?: number;
}

export interface Loaded<State> {
  readonly state: State;
  readonly position: string;
}

export interface OptimisticEntry<Event extends string = string, Data = unknown> {
  readonly key: string;
  readonly event: Event;
  readonly data: Data;
  readonly error: RtError | null;
  dismiss(): void;
}

export interface OutboxEntry {
  readonly key: string;
  readonly channel: string;
  readonly event: string;
  readonly body: Body;
  readonly ifPosition: string | null;
  readonly optimistic: boolean;
}

export interface OutboxStore {
  load(): Promise<readonly OutboxEntry[]>;
  add(entry: OutboxEntry): Promise<void>;
  remove(key: string): Promise<void>;
}

export type PendingOf<Events> = {
  [Event in EventName<Events>]: OptimisticEntry<Event, InputOf<Events[Event]>>;
}[EventName<Events>];

export interface Pipe {
  send(lines: string): void;
  named(session: string, maxFrameBytes?: number): void;
  last(lines: string): void;
  close(inOrder: boolean): void;
}

export type PipeEnd =
  | {
      readonly type: 'lost';
    }
  | {
      readonly type: 'refused';
      readonly error: RtError;
    }
  | {
      readonly type: 'unfit';
    };

export interface PipeEvents {
  alive(): void;
  lines(text: string): void;
  ended(end: PipeEnd): void;
}

export interface PipeRequest {
  readonly url: string;
  readonly hello: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly environment: Environment;
}

export interface Presence<State> extends Store<PresenceSnapshot<State>> {
  enter(state: State): Promise<void>;
  update(state: State): Promise<void>;
  leave(): Promise<void>;
  readonly members: PresenceSnapshot<State>['members'];
}

export interface PresenceSnapshot<State = unknown> {
  readonly count: number;
  readonly connections: number;
  readonly members: readonly Member<State>[];
  readonly complete: boolean;
}

export interface Publication<Event extends string = string, Data = unknown> {
  readonly event: Event;
  readonly data: Data;
  readonly position: string | null;
  readonly trace?: string;
}

export type PublicationOf<Events> = {
  [Event in EventName<Events>]: Publication<Event, OutputOf<Events[Event]>>;
}[EventName<Events>];

export interface PublishOptions {
  readonly ifPosition?: string;
  readonly key?: string;
  readonly optimistic?: boolean;
}

export interface ReconnectOptions {
  readonly firstMs?: number;
  readonly longestMs?: number;
  readonly stableMs?: number;
}

export type Sign = 'online' | 'offline' | 'visible' | 'frozen' | 'thawed' | 'leaving';

export type StateOf<Channels extends AnyChannels, Name extends string> = OutputOf<
  States<Channels>[PatternOf<Pattern<Channels>, Name>]
>;

export type Status =
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

export interface Store<Snapshot> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => Snapshot;
}

export interface Transport {
  readonly name: TransportName;
  open(request: PipeRequest, events: PipeEvents): Pipe;
}

export type TransportName = 'websocket' | 'sse' | 'long-poll' | 'poll';

export type TransportOption = 'auto' | TransportName | Transport | readonly (TransportName | Transport)[];

export declare function createClient<Channels extends AnyChannels>(
  url: string,
  {
    transport,
    ...options
  }?: ClientOptions & {
    readonly transport?: TransportOption;
  },
): Client<Channels>;

export declare function fromResponse<State>(
  answer: Response | Promise<Response>,
  header?: string,
): Promise<Loaded<State>>;

export declare const longPoll: Transport;

export declare function platform(): Environment;

export declare const poll: Transport;

export declare function pollEvery(ms: number): Transport;

export declare const sse: Transport;

export declare const websocket: Transport;

export { ErrorCode } from '@rt/protocol';

export { GapReason } from '@rt/protocol';

export { Member } from '@rt/protocol';

export { RtError } from '@rt/protocol';

// Not exported, and part of what is.

type Body =
  | {
      readonly data: unknown;
    }
  | {
      readonly base64: string;
    };

type EventName<Events> = keyof Events & string;

type Events<Channels extends AnyChannels> = NonNullable<Channels['types']>['events'];

type InputOf<Of> =
  Types<Of> extends {
    readonly input: infer Input;
  }
    ? Input
    : never;

interface LockEvents {
  held(): void;
  stolen(): void;
}

type OutputOf<Of> =
  Types<Of> extends {
    readonly output: infer Output;
  }
    ? Output
    : never;

type Pattern<Channels extends AnyChannels> = keyof Events<Channels> & string;

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

type States<Channels extends AnyChannels> = NonNullable<Channels['types']>['states'];

interface TabGround {
  lock(name: string, how: 'wait' | 'steal', events: LockEvents): () => void;
  talk(name: string, heard: (word: unknown) => void): Talk;
}

interface Talk {
  say(word: unknown): void;
  close(): void;
}

type Types<Of> = Of extends Schema ? NonNullable<Of['~standard']['types']> : never;
