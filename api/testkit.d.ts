// @rt/testkit

import type {
  Attendant,
  Broker,
  Channels,
  Clock,
  EventsByPattern,
  Hub,
  HubOptions,
  Member,
  PresenceChange,
  PresenceStore,
  Random,
  User,
} from '@rt/core';
import type { ErrorBody, GapBody, ServerFrame, SseItem } from '@rt/protocol';
import type { Socket } from 'node:net';

export interface BrokerRig {
  create(): Broker;
  pass(ms: number): Promise<void>;
}

export type FrameOf<Type extends ServerFrame['type']> = Extract<
  ServerFrame,
  {
    readonly type: Type;
  }
>;

export type Handshake =
  | {
      readonly type: 'open';
      readonly webSocket: RawWebSocket;
    }
  | {
      readonly type: 'refused';
      readonly head: RawHead;
      readonly body: string;
    };

export interface ModelChange extends Omit<PresenceChange, 'sequence'> {
  readonly place: string;
}

export interface ModelMember {
  readonly user: string;
  readonly state: string;
  readonly connections: number;
}

export type OpenSession = (request: SessionRequest) => Promise<Opened>;

export type Opened =
  | {
      readonly type: 'open';
      readonly client: SessionClient;
    }
  | {
      readonly type: 'refused';
      readonly error: ErrorBody;
      readonly status: number | null;
      readonly closeCode: number | null;
    };

export declare class PresenceModel {
  #private;
  readonly told: ModelChange[];
  get nowMs(): number;
  enter(place: string, { user, client, holder }: Attendant, state: string): void;
  leave(place: string, { user, client, holder }: Attendant, afterMs: number): void;
  expel(user: string, place: string | null): void;
  pass(ms: number): void;
  leavesAt(ms: number): boolean;
  members(place: string): readonly ModelMember[];
  member(place: string, user: string): ModelMember | null;
}

export interface PresenceRig {
  create(): PresenceStore;
  pass(ms: number): Promise<void>;
  readonly schedules?: number;
}

export interface RawHead {
  readonly version: string;
  readonly status: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

export interface RawRequest {
  readonly port: number;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly version?: '1.0' | '1.1';
  readonly opened?: (socket: Socket) => void;
}

export interface RawResponse {
  readonly head: RawHead;
  readonly socket: Socket;
  readonly body: Buffer;
  text(): Promise<string>;
  next(accepts?: (item: SseItem) => boolean): Promise<SseItem>;
  events(count: number): Promise<
    readonly Extract<
      SseItem,
      {
        type: 'event';
      }
    >[]
  >;
  listen(listeners: StreamListeners): void;
  ended(): Promise<void>;
  cut(): void;
}

export declare class RawWebSocket {
  #private;
  readonly socket: Socket;
  readonly head: Promise<RawHead>;
  pings: number;
  constructor(socket: Socket, answerPings: boolean);
  listen(listeners: { readonly message: (text: string) => void; readonly end: (end: WebSocketEnd) => void }): void;
  send(text: string): void;
  frame(firstByte: number, payload: Uint8Array): void;
  close(code: number): void;
  rest(): Promise<string>;
}

export declare class RefusedError extends Error {
  readonly name = 'RefusedError';
  readonly code: string;
  readonly body: ErrorBody;
  constructor(body: ErrorBody);
}

export interface SessionClient {
  readonly frames: readonly ServerFrame[];
  send(...frames: readonly Readonly<Record<string, unknown>>[]): void;
  sendText(text: string): void;
  next<Type extends ServerFrame['type']>(type: Type, fits?: (frame: FrameOf<Type>) => boolean): Promise<FrameOf<Type>>;
  ask(frame: Readonly<Record<string, unknown>>): Promise<ServerFrame>;
  ended(): Promise<SessionEnd>;
  pause(): void;
  resume(): void;
  cut(): void;
}

export interface SessionEnd {
  readonly bye: FrameOf<'bye'> | null;
  readonly closeCode: number | null;
}

export interface SessionRequest {
  readonly port: number;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly connect?: Readonly<Record<string, unknown>>;
}

export interface StreamListeners {
  readonly item: (item: SseItem) => void;
  readonly end: () => void;
}

export interface TcpProxy {
  readonly port: number;
  cut(options?: { readonly reset?: boolean }): void;
  stall(): void;
  mend(): void;
  close(): Promise<void>;
}

export interface TestClient {
  subscribe(channel: string, how?: 'start' | TestSubscription): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  publish(channel: string, event: string, data: unknown): Promise<string | null>;
  send(channel: string, event: string, data: unknown): Promise<unknown>;
  enter(channel: string, state?: unknown): Promise<void>;
  leave(channel: string): Promise<void>;
  members(channel: string): Promise<readonly Member[]>;
  close(): void;
  next(event?: string): Promise<TestPublication>;
  nextGap(): Promise<TestGap>;
  readonly waiting: readonly TestPublication[];
  readonly ended: ErrorBody | null;
}

export type TestFunction = (name: string, run: () => Promise<void>) => void;

export interface TestGap extends GapBody {
  readonly channel: string;
}

export interface TestHub<Map extends EventsByPattern> {
  readonly hub: Hub<Map>;
  readonly clock: VirtualClock;
  client(who?: { readonly user: User | null }): TestClient;
  pass(ms: number): Promise<void>;
  cutNetwork(): void;
  restoreNetwork(): Promise<void>;
  killNode(): void;
  trimHistory(): void;
  close(): Promise<void>;
}

export type TestHubOptions = Omit<HubOptions, 'broker' | 'runtime'>;

export interface TestPublication {
  readonly channel: string;
  readonly event: string;
  readonly data: unknown;
  readonly position: string | null;
}

export interface TestSubscription {
  readonly from?: 'start';
  readonly presence?: boolean;
}

export interface TransportRig {
  readonly open: OpenSession;
  serve(hub: Hub): Promise<{
    readonly port: number;
    close(): Promise<void>;
  }>;
  readonly options?: () => HubOptions;
}

export interface VirtualClock extends Clock {
  turn(): boolean;
  advance(byMs: number): void;
  readonly waiting: number;
}

export interface WebSocketEnd {
  readonly code: number | null;
  readonly reason: string;
}

export interface WebSocketRequest {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  readonly compress?: boolean;
  readonly answerPings?: boolean;
}

export declare function brokerSuite(test: TestFunction, rig: BrokerRig): void;

export declare function createTestHub<Map extends EventsByPattern>(
  options: TestHubOptions & {
    readonly channels: Channels<Map>;
  },
): TestHub<Map>;

export declare function createVirtualClock(): VirtualClock;

export declare const nastyPayloads: readonly unknown[];

export declare function openOverLongPoll(request: SessionRequest): Promise<Opened>;

export declare function openOverSse(request: SessionRequest): Promise<Opened>;

export declare function openOverWebSocket(request: SessionRequest, compress?: boolean): Promise<Opened>;

export declare function presenceSuite(test: TestFunction, rig: PresenceRig): void;

export declare function rawRequest(request: RawRequest): Promise<RawResponse>;

export declare function rawWebSocket(request: WebSocketRequest): Promise<Handshake>;

export declare function seededRandom(seed: number): Random;

export declare function tcpProxy(target: () => number): Promise<TcpProxy>;

export declare function transportSuite(test: TestFunction, rig: TransportRig): void;

export declare function within<T>(what: string, promise: Promise<T>, withinMs?: number): Promise<T>;
