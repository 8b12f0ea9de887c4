// @rt/core

import type { ChannelNameOf, GapReason, Member, Params, PatternOf, Position, Start } from '@rt/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';

export interface About {
  readonly subject: string;
  readonly removes: boolean;
}

export interface AdmissionOptions {
  readonly connectionsPerUser?: number | false;
  readonly connectionsPerAddress?: number | false;
  readonly pendingHandshakes?: number | false;
  readonly loopDelayMs?: number | false;
}

export interface Answers {
  readonly nodes: number;
  readonly answers: readonly string[];
}

export interface AppendOptions {
  readonly keep: Keep;
  readonly key?: string | null;
  readonly about?: About | null;
}

export interface Attendant {
  readonly user: string;
  readonly client: string;
  readonly holder: string;
}

export interface AuthOptions {
  readonly tokens?: TokenVerifier;
  readonly userId?: (user: User) => string | null;
  readonly origins?: 'same' | 'any' | readonly string[];
}

export interface Broker {
  readonly capabilities: BrokerCapabilities;
  readonly presence?: PresenceStore;
  readonly bus?: NodeBus;
  open(sink: BrokerSink): Promise<void>;
  health?(): string | null;
  follow(channel: string, keep: Keep): Promise<Followed>;
  unfollow(channel: string): Promise<void>;
  catchUp?(channel: string): Promise<void>;
  append(channel: string, payload: Payload, options: AppendOptions): Promise<Receipt>;
  appendAfter(channel: string, place: Position, payload: Payload, options: AppendOptions): Promise<Conditional>;
  pass(channel: string, payload: Payload, key: string | null): Promise<void>;
  read(channel: string, start: Start, limit: number): Promise<BrokerPage>;
  measures?(): BrokerMeasures | null;
  close(): Promise<void>;
}

export interface BrokerCapabilities {
  readonly kept: boolean;
  readonly continuity: 'dense';
  readonly reach: 'process' | 'cluster';
}

export interface BrokerMeasures {
  readonly repairs: number;
  readonly replaced: number;
  readonly probeAgeMs: number | null;
}

export interface BrokerPage extends Head, Run {}

export interface BrokerSink {
  passed(channel: string, payload: Payload, key: string | null): void;
  appended(channel: string, entry: Entry): void;
  replaced(channel: string, log: LogView): void;
  troubled(cause: unknown): void;
}

export interface BusSink {
  asked(question: string, onGone: OnGone): Promise<string>;
  troubled(cause: unknown): void;
}

export interface ChannelDefinition<
  Events extends EventSchemas,
  ChannelParams = unknown,
  State extends StandardSchemaV1 = StandardSchemaV1,
> {
  readonly events: Events;
  readonly keep?: KeepOptions;
  readonly subscribe?: Rule<ChannelParams>;
  readonly history?: Rule<ChannelParams>;
  readonly publish?: EventRule<ChannelParams>;
  readonly presence?: PresenceDefinition<State>;
  readonly enter?: EnterRule<ChannelParams>;
  readonly members?: Rule<ChannelParams>;
  readonly send?: EventRule<ChannelParams>;
  readonly slow?: SlowPolicy;
  readonly everyMs?: number;
}

export interface ChannelHandle<Events extends EventSchemas, State = unknown> {
  readonly name: string;
  readonly pattern: string;
  readonly params: Readonly<Record<string, string>>;
  publish<Event extends keyof Events & string>(
    event: Event,
    data: Input<Events[Event]>,
    options?: PublishOptions,
  ): Promise<Place<Events[Event]>>;
  position(): Promise<string>;
  history(query?: HistoryQuery): Promise<History<PublicationOf<Events>>>;
  withPosition<State>(load: () => State | Promise<State>): Promise<{
    readonly state: State;
    readonly position: string;
  }>;
  members(): Promise<Members<State>>;
}

export type ChannelName<Map extends EventsByPattern> = ChannelNameOf<keyof Map & string>;

export interface ChannelPublisher<Map extends EventsByPattern> {
  channel<Name extends ChannelName<Map>>(name: Name): Omit<ChannelHandle<EventsOf<Map, Name>>, 'members'>;
  traceWith(current: CurrentTrace): () => void;
  close(): Promise<void>;
}

export interface Channels<Map extends EventsByPattern, States extends StatesByPattern = StatesByPattern> {
  readonly definitions: Definitions<Map, States>;
  readonly types?: {
    readonly events: Map;
    readonly states: States;
  };
}

export interface Clock {
  now(): number;
  timer(afterMs: number, run: () => void): () => void;
  nextTurn(run: () => void): void;
}

export interface CloseOptions {
  readonly withinMs?: number;
}

export type Conditional =
  | {
      readonly type: 'appended';
      readonly receipt: Receipt;
    }
  | {
      readonly type: 'conflict';
      readonly conflict: Conflict;
    };

export interface Conflict {
  readonly epoch: string;
  readonly offset: number;
  readonly newest: Entry | null;
}

export interface ConnectionCount extends Reached {
  readonly connections: number;
}

export type CurrentTrace = () => string | null;

export type End =
  | {
      readonly type: 'left';
    }
  | {
      readonly type: 'peer';
    }
  | {
      readonly type: 'done';
    }
  | {
      readonly type: 'failed';
    };

export interface EnterQuestion<ChannelParams> extends Question<ChannelParams> {
  readonly state: unknown;
}

export type EnterRule<ChannelParams> = 'anyone' | 'nobody' | ((question: EnterQuestion<ChannelParams>) => Verdict);

export interface Entry {
  readonly offset: number;
  readonly payload: Payload;
  readonly atMs: number;
  readonly about: About | null;
}

export interface Ephemeral<Input = unknown, Output = Input> extends StandardSchemaV1<Input, Output> {
  readonly ephemeral: {
    readonly by: ((data: Output) => string) | null;
  };
}

export interface EphemeralOptions<Output> {
  readonly by?: (data: Output) => string;
}

export type ErrorStage =
  | 'user'
  | 'token'
  | 'rule'
  | 'handler'
  | 'broker'
  | 'bus'
  | 'presence'
  | 'listener'
  | 'request'
  | 'transport';

export interface EventQuestion<ChannelParams> extends Question<ChannelParams> {
  readonly event: string;
  readonly data: unknown;
}

export type EventRule<ChannelParams> = 'anyone' | 'nobody' | ((question: EventQuestion<ChannelParams>) => Verdict);

export type EventSchemas = {
  readonly [event: string]: StandardSchemaV1;
};

export type EventsByPattern = {
  readonly [pattern: string]: EventSchemas;
};

export type EventsOf<Map extends EventsByPattern, Name extends string> = Map[PatternOf<keyof Map & string, Name>];

export interface Exchange {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly address: string | null;
  readonly upgradable: boolean;
  header(name: string): string | null;
  readonly closed: boolean;
  onGone(run: () => void): void;
  readText(maxBytes: number): Promise<string>;
  reply(head: Head, body: string | Uint8Array): void;
  stream(head: Head, session: Session): Transport;
  upgrade(session: Session, options: UpgradeOptions): Transport;
}

export type FlushListener = (flushed: Flushed) => void;

export interface Flushed {
  readonly ms: number;
  readonly connections: number;
}

export interface Followed extends Head {
  readonly log: LogView;
}

export interface Framing {
  readonly name: string;
  frame(text: string): Uint8Array;
  heartbeat(text: string): Uint8Array;
}

export type Handler<ChannelParams = Readonly<Record<string, string>>> = (sent: Sent<ChannelParams>) => unknown;

export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly keepAlive: boolean;
}

export interface Health {
  readonly live: boolean;
  readonly ready: boolean;
  readonly reason: string | null;
}

export interface HeartbeatOptions {
  readonly everyMs?: number;
}

export interface Held {
  readonly epoch: string;
  readonly floor: number;
  readonly top: number;
  readonly entries: readonly Entry[];
}

export interface History<Item> {
  readonly channel: string;
  readonly position: string;
  readonly floor: string;
  readonly publications: readonly Item[];
  readonly gap: GapReason | null;
}

export type HistoryQuery =
  | {
      readonly last: number;
    }
  | {
      readonly after: string;
      readonly limit?: number;
    }
  | {
      readonly from: 'start';
      readonly limit?: number;
    };

export interface Hub<
  Map extends EventsByPattern = EventsByPattern,
  out States extends StatesByPattern = StatesByPattern,
> extends RequestHub {
  channel<Name extends ChannelName<Map>>(name: Name): ChannelHandle<EventsOf<Map, Name>, StateOf<Map, States, Name>>;
  on<Pattern extends keyof Map & string>(
    pattern: Pattern,
    event: string,
    handler: Handler<Params<Pattern>>,
  ): () => void;
  disconnect(who: { readonly user: string }): Promise<Reached>;
  revoke(what: { readonly user: string; readonly channel: string }): Promise<Reached>;
  connections(of?: { readonly user?: string; readonly channel?: string }): Promise<ConnectionCount>;
  onPresence(listener: PresenceListener): () => void;
  health(): Health;
  measures(): Measures;
  onFlush(listener: FlushListener): () => void;
  traceWith(current: CurrentTrace): () => void;
  close(options?: CloseOptions): Promise<void>;
}

export type HubEvent =
  | {
      readonly type: 'connection_opened';
      readonly transport: TransportName;
      readonly channels: readonly string[];
    }
  | {
      readonly type: 'connection_closed';
      readonly transport: TransportName;
      readonly channels: readonly string[];
      readonly end: 'left' | 'peer' | 'done' | 'failed';
    }
  | {
      readonly type: 'subscribed' | 'unsubscribed';
      readonly transport: TransportName;
      readonly channel: string;
    }
  | {
      readonly type: 'gap';
      readonly channel: string;
      readonly reason: GapReason;
    }
  | {
      readonly type: 'warning';
      readonly message: string;
    }
  | {
      readonly type: 'error';
      readonly stage: ErrorStage;
      readonly cause: unknown;
    };

export interface HubOptions {
  readonly broker?: Broker;
  readonly presence?: HubPresenceOptions;
  readonly heartbeat?: HeartbeatOptions | false;
  readonly reconnect?: ReconnectOptions;
  readonly limits?: LimitOptions;
  readonly auth?: AuthOptions;
  readonly observe?: Observer;
  readonly runtime?: RuntimeOptions;
}

export interface HubPresenceOptions {
  readonly store?: PresenceStore;
  readonly graceMs?: number;
}

export interface Keep {
  readonly count: number;
  readonly forMs: number;
  readonly newestOnly?: boolean;
}

export interface KeepOptions {
  readonly count?: number;
  readonly forMs?: number;
  readonly newestPer?: 'key';
}

export interface Keyed<Input = unknown, Output = Input> extends StandardSchemaV1<Input, Output> {
  readonly keyed: {
    readonly by: (data: Output) => string;
    readonly removes: boolean;
  };
}

export interface KeyedOptions<Output> {
  readonly by: (data: Output) => string;
  readonly removes?: boolean;
}

export interface LimitOptions {
  readonly maxPublicationBytes?: number;
  readonly maxStateBytes?: number;
  readonly maxFrameBytes?: number;
  readonly maxChannelsPerStream?: number;
  readonly maxChannelsPerSession?: number;
  readonly maxPageSize?: number;
  readonly maxWaitMs?: number;
  readonly rates?: RateOptions | false;
  readonly admission?: AdmissionOptions;
}

export declare class Log implements LogView {
  #private;
  readonly epoch: string;
  handedOut: number;
  constructor(epoch: string, keep: Keep);
  static of({ epoch, floor, entries }: Held, keep: Keep): Log;
  get keep(): Keep;
  set keep(keep: Keep);
  get top(): number;
  get base(): number;
  get size(): number;
  append(payload: Payload, atMs: number, about?: About | null): Entry;
  head(nowMs: number): Head;
  holds(offset: number): boolean;
  trim(nowMs: number): void;
  read(offset: number, { count, chars, upTo }?: RunLimits): Run;
  newest(subject: string | null): Entry | null;
  isNewest(offset: number, subject: string | null): boolean;
}

export interface LogView {
  readonly epoch: string;
  readonly keep: Keep;
  readonly top: number;
  readonly base: number;
  readonly size: number;
  handedOut: number;
  head(nowMs: number): Head;
  holds(offset: number, since?: number): boolean;
  read(offset: number, limits?: RunLimits): Run;
  newest(subject: string | null): Entry | null;
  isNewest(offset: number, subject: string | null): boolean;
  trim(nowMs: number): void;
}

export interface Measures {
  readonly connections: Readonly<Record<TransportName, number>>;
  readonly draining: number;
  readonly waitingBytes: number;
  readonly subscriptions: number;
  readonly behind: number;
  readonly published: {
    readonly kept: number;
    readonly ephemeral: number;
  };
  readonly delivered: number;
  readonly recoveries: Readonly<Record<Recovery, number>>;
  readonly gaps: Readonly<Record<GapReason, number>>;
  readonly errors: Readonly<Record<ErrorStage, number>>;
  readonly ready: boolean;
  readonly broker: BrokerMeasures | null;
}

export interface Members<State = unknown> {
  readonly channel: string;
  readonly position: string;
  readonly count: number;
  readonly connections: number;
  readonly members: readonly Member<State>[];
}

export interface MemoryBrokerOptions {
  readonly forgetAfterMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface MemoryPresenceOptions {
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface NodeBus {
  readonly node: string;
  open(sink: BusSink): Promise<void>;
  ask(node: string, question: string, onGone: OnGone): Promise<string | null>;
  askAll(question: string, withinMs: number): Promise<Answers>;
  close(): Promise<void>;
}

export type Observer = (event: HubEvent) => void;

export type OnGone = (run: () => void) => void;

export type Payload = string;

export interface Place {
  readonly offset: number;
  readonly gap: GapReason | null;
}

export interface PlaceView {
  readonly log: LogView;
  readonly count: number;
  readonly connections: number;
  sample(count: number): readonly string[];
}

export interface PresenceChange {
  readonly type: 'joined' | 'updated' | 'left';
  readonly user: string;
  readonly state: string;
  readonly sequence: number;
}

export type PresenceDefinition<State extends StandardSchemaV1 = StandardSchemaV1> = State | PresenceOptions<State>;

export type PresenceEvent =
  | {
      readonly type: 'joined' | 'left';
      readonly channel: string;
      readonly user: string;
      readonly state: unknown;
      readonly sequence: number;
    }
  | {
      readonly type: 'occupied' | 'vacated';
      readonly channel: string;
      readonly sequence: number;
    }
  | {
      readonly type: 'online' | 'offline';
      readonly user: string;
      readonly sequence: number;
    }
  | {
      readonly type: 'missed';
      readonly count: number;
    };

export type PresenceListener = (event: PresenceEvent) => void | Promise<void>;

export interface PresenceOptions<State extends StandardSchemaV1 = StandardSchemaV1> {
  readonly state?: State;
  readonly graceMs?: number;
  readonly listUpTo?: number;
  readonly mergeMs?: number;
}

export interface PresenceSink {
  grown(place: string): void;
  replaced(place: string): void;
  changed(place: string, change: PresenceChange): Promise<void>;
  missed(count: number): void;
  troubled(cause: unknown): void;
}

export interface PresenceStore {
  open(sink: PresenceSink): Promise<void>;
  enter(place: string, attendant: Attendant, state: string): Promise<void>;
  leave(place: string, attendant: Attendant, afterMs: number): Promise<void>;
  expel(user: string, place: string | null): Promise<void>;
  listen(): Promise<void>;
  follow(place: string): Promise<PlaceView>;
  unfollow(place: string): Promise<void>;
  look(place: string): Promise<PlaceView>;
  close(): Promise<void>;
}

export interface Publication<Event extends string = string, Data = unknown> {
  readonly position: string;
  readonly event: Event;
  readonly data: Data;
  readonly trace?: string;
}

export type PublicationOf<Events extends EventSchemas> = {
  [Event in keyof Events & string]: Publication<Event, Output<Events[Event]>>;
}[keyof Events & string];

export interface PublishOptions {
  readonly key?: string;
  readonly ifPosition?: string;
}

export interface PublisherOptions<Map extends EventsByPattern, States extends StatesByPattern> {
  readonly channels: Channels<Map, States>;
  readonly broker: Broker;
  readonly maxPublicationBytes?: number;
  readonly observe?: Observer;
}

export interface Question<ChannelParams> {
  readonly user: User | null;
  readonly params: ChannelParams;
  readonly channel: string;
}

export type Random = () => number;

export interface RateOptions {
  readonly commandsPerSecond?: number;
  readonly publishesPerSecond?: number;
  readonly burst?: number;
}

export interface Reached {
  readonly nodes: number;
  readonly answered: number;
}

export interface Receipt {
  readonly epoch: string;
  readonly offset: number;
  readonly repeated: boolean;
}

export interface ReconnectOptions {
  readonly minMs?: number;
  readonly maxMs?: number;
}

export type Recovery = 'recovered' | GapReason;

export interface Register {}

export interface RequestHub {
  handle(exchange: Exchange, user: UserResolver): Promise<void>;
}

export type Rule<ChannelParams> = 'anyone' | 'nobody' | ((question: Question<ChannelParams>) => Verdict);

export interface Run {
  readonly entries: readonly Entry[];
  readonly to: number;
}

export interface RunLimits {
  readonly count?: number;
  readonly chars?: number;
  readonly upTo?: number;
  readonly least?: number;
}

export interface RuntimeOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly secret?: () => string;
}

export interface Sent<ChannelParams = Readonly<Record<string, string>>> {
  readonly data: unknown;
  readonly user: User | null;
  readonly channel: string;
  readonly params: ChannelParams;
  readonly event: string;
}

export interface Session {
  receive(text: string): void;
  drained(): void;
  closed(end: End): void;
}

export declare class StateLog implements LogView {
  #private;
  readonly epoch: string;
  handedOut: number;
  keep: Keep;
  constructor(epoch: string, keep: Keep);
  static of({ epoch, floor, top, entries }: Held, keep: Keep): StateLog;
  get top(): number;
  get base(): number;
  get size(): number;
  get subjects(): number;
  newest(subject: string | null): Entry | null;
  isNewest(offset: number, subject: string | null): boolean;
  has(subject: string): boolean;
  append(payload: Payload, atMs: number, about: About): Entry;
  head(nowMs: number): Head;
  holds(offset: number, since?: number): boolean;
  trim(nowMs: number): void;
  read(offset: number, { count, chars, upTo, least }?: RunLimits): Run;
}

export type StateOf<
  Map extends EventsByPattern,
  States extends StatesByPattern,
  Name extends string,
> = StandardSchemaV1.InferOutput<States[PatternOf<keyof Map & string, Name>]>;

export type StatesByPattern = {
  readonly [pattern: string]: StandardSchemaV1;
};

export type TokenVerifier = (token: string) => VerifiedToken | null | Promise<VerifiedToken | null>;

export interface Transport {
  readonly framing: Framing;
  readonly waitingBytes?: number;
  write(bytes: Uint8Array): boolean;
  end(number: number): void;
  abort(): void;
}

export type TransportName = 'stream' | 'poll' | 'websocket' | 'sse' | 'long-poll';

export interface UpgradeOptions {
  readonly maxBytes: number;
  readonly subprotocol: string | null;
}

export type User = Register extends {
  readonly user: infer Registered;
}
  ? Registered
  : unknown;

export type UserResolver = () => User | null | undefined | Promise<User | null | undefined>;

export type Verdict = boolean | null | undefined | Promise<boolean | null | undefined>;

export interface VerifiedToken {
  readonly user: User | null;
  readonly expiresInMs?: number;
}

export declare function channel<Events extends EventSchemas, ChannelParams, State extends StandardSchemaV1>(
  definition: ChannelDefinition<Events, ChannelParams, State>,
): ChannelDefinition<Events, ChannelParams, State>;

export declare function createHub<Map extends EventsByPattern, States extends StatesByPattern>(
  options: HubOptions & {
    readonly channels: Channels<Map, States>;
  },
): Hub<Map, States>;

export declare function createPublisher<Map extends EventsByPattern, States extends StatesByPattern>({
  channels,
  broker: given,
  maxPublicationBytes,
  observe,
}: PublisherOptions<Map, States>): ChannelPublisher<Map>;

export declare function defineChannels<const Map extends EventsByPattern, const States extends StatesByPattern>(
  definitions: Definitions<Map, States>,
): Channels<Map, States>;

export declare function ephemeral<Schema extends StandardSchemaV1>(
  schema: Schema,
  { by }?: EphemeralOptions<StandardSchemaV1.InferOutput<Schema>>,
): Ephemeral<StandardSchemaV1.InferInput<Schema>, StandardSchemaV1.InferOutput<Schema>>;

export declare function keyed<Schema extends StandardSchemaV1>(
  schema: Schema,
  { by, removes }: KeyedOptions<StandardSchemaV1.InferOutput<Schema>>,
): Keyed<StandardSchemaV1.InferInput<Schema>, StandardSchemaV1.InferOutput<Schema>>;

export declare function locate(start: Start, head: Head): Place;

export declare const maxHeldOver = 1024;

export declare function memoryBroker(options?: MemoryBrokerOptions): Broker;

export declare function memoryPresence({ clock, random }?: MemoryPresenceOptions): PresenceStore;

export declare const systemClock: Clock;

export { ConflictBody } from '@rt/protocol';

export { ErrorBody } from '@rt/protocol';

export { ErrorCode } from '@rt/protocol';

export { GapReason } from '@rt/protocol';

export { Head as LogHead };

export { Member } from '@rt/protocol';

export { NameOf } from '@rt/protocol';

export { Params } from '@rt/protocol';

export { RtError } from '@rt/protocol';

export { Start } from '@rt/protocol';

// Not exported, and part of what is.

type Definitions<Map extends EventsByPattern, States extends StatesByPattern> = {
  readonly [Pattern in keyof Map & string]: ChannelDefinition<Map[Pattern], Params<Pattern>>;
} & {
  readonly [Pattern in keyof States & string]: {
    readonly presence?: PresenceDefinition<States[Pattern]>;
  };
};

interface Head {
  readonly epoch: string;
  readonly floor: number;
  readonly top: number;
  readonly newestOnly: boolean;
}

type Input<Schema> = Schema extends StandardSchemaV1 ? StandardSchemaV1.InferInput<Schema> : never;

type Output<Schema> = Schema extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<Schema> : never;

type Place<Schema> = Schema extends {
  readonly ephemeral: object;
}
  ? null
  : string;

type SlowPolicy = 'resume' | 'conflate' | 'close';
