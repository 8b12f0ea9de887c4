// @rt/nest

import type {
  BeforeApplicationShutdown,
  CanActivate,
  CustomDecorator,
  DynamicModule,
  ExecutionContext,
  FactoryProvider,
  INestApplication,
  ModuleMetadata,
  OnApplicationBootstrap,
  Type,
  WsMessageHandler,
} from '@nestjs/common';
import type {
  ApplicationConfig,
  DiscoveryService,
  ExternalContextCreator,
  HttpAdapterHost,
  MetadataScanner,
  ModuleRef,
} from '@nestjs/core';
import type { AbstractWsAdapter } from '@nestjs/websockets';
import type {
  ChannelDefinition,
  ChannelHandle,
  Channels,
  CloseOptions,
  End,
  EventSchemas,
  EventsByPattern,
  Hub,
  HubOptions,
  Params,
  PresenceDefinition,
  PresenceEvent,
  PublishOptions,
  RequestHub,
  Session,
  Transport,
  User,
} from '@rt/core';
import type { AttachOptions, NodeRequest, NodeResponse } from '@rt/node';
import type { EventEmitter } from 'node:events';
import type { Observable } from 'rxjs';

export type CreateHub = (
  options: HubOptions & {
    readonly channels: Channels<EventsByPattern>;
  },
) => Hub;

export declare class GatewayClient extends EventEmitter implements Session {
  #private;
  readonly id: string;
  readonly OPEN: number;
  constructor(wrap: (text: string) => string);
  get readyState(): number;
  begin(transport: Transport): void;
  send(data: string | Uint8Array): void;
  write(text: string): void;
  close(code?: number): void;
  terminate(): void;
  receive(text: string): void;
  drained(): void;
  closed({ type }: End): void;
}

export declare class GatewayServer extends EventEmitter {
  #private;
  readonly path: string;
  readonly clients: Set<GatewayClient>;
  constructor(path: string);
  take(
    request: NodeRequest & {
      readonly body?: unknown;
    },
    response: NodeResponse,
  ): boolean;
  close(withinMs: number): Promise<void>;
}

export declare function InjectHub(): ParameterDecorator & PropertyDecorator;

export declare function OnJoin(): CustomDecorator;

export declare function OnLeave(): CustomDecorator;

export interface Publishing extends PublishOptions {
  readonly channel: string;
  readonly event: string;
  readonly data: unknown;
}

export declare const RT_CREATE_HUB: unique symbol;

export declare const RT_HUB: unique symbol;

export type ReadyHub = RequestHub & Pick<Hub, 'close' | 'onPresence'>;

export declare class RtAdapter extends AbstractWsAdapter {
  #private;
  constructor(app: INestApplication);
  serves(path: string): boolean;
  create(port: number, { path, namespace }?: GatewayOptions): GatewayServer;
  bindClientDisconnect(client: GatewayClient, callback: (code: number) => void): void;
  bindMessageHandlers(
    client: GatewayClient,
    handlers: readonly WsMessageHandler[],
    transform: (data: unknown) => Observable<unknown>,
  ): void;
  closeClient(client: GatewayClient): void;
  close(server: GatewayServer): Promise<void>;
  dispose(): Promise<void>;
}

export declare function RtAuthorize(...operations: readonly RtOperation[]): MethodDecorator;

export interface RtCall {
  readonly user: User | null;
  readonly channel: ChannelHandle<EventSchemas>;
  readonly event: string | null;
  readonly member: RtMemberChange | null;
}

export declare function RtChannel<const Pattern extends string, Events extends EventSchemas = EventSchemas>(
  pattern: Pattern,
  definition?: Definition<Events, Params<Pattern>>,
): ClassDecorator;

export declare const RtChannelRef: Decorator;

export declare const RtMember: Decorator;

export type RtMemberChange = Extract<
  PresenceEvent,
  {
    readonly type: 'joined' | 'left';
  }
>;

export declare class RtModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #private;
  constructor(hub: Hub, options: RtModuleOptions, classes: ChannelClasses, mounting: Mounting);
  static forRoot(options?: RtModuleOptions & RtRouteOptions): DynamicModule;
  static forRootAsync({ imports, inject, useFactory, ...route }: RtModuleAsyncOptions): DynamicModule;
  onApplicationBootstrap(): void;
  beforeApplicationShutdown(): Promise<void>;
}

export interface RtModuleAsyncOptions extends RtRouteOptions {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<RtModuleOptions>['useFactory'];
}

export interface RtModuleOptions {
  readonly hub?: HubOptions | ReadyHub;
  readonly channels?: Pick<Channels<EventsByPattern>, 'definitions'>;
  readonly user?: (request: RtRequest) => User | null | undefined | Promise<User | null | undefined>;
  readonly close?: CloseOptions | false;
}

export type RtOperation = 'subscribe' | 'history' | 'publish' | 'send' | 'enter' | 'members';

export declare const RtParam: (name?: string) => ParameterDecorator;

export declare function RtPublish<Result>(
  publishing: (result: Result, context: ExecutionContext) => Publishing | null,
): ClassDecorator & MethodDecorator;

export interface RtRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly user?: unknown;
}

export interface RtRouteOptions {
  readonly path?: string;
  readonly guards?: readonly (Type<CanActivate> | CanActivate)[];
  readonly decorators?: readonly ClassDecorator[];
  readonly upgrades?: Omit<AttachOptions, 'path'> | false;
}

export declare const RtUser: Decorator;

// Not exported, and part of what is.

declare class ChannelClasses {
  #private;
  constructor(
    discovery: DiscoveryService,
    scanner: MetadataScanner,
    creator: ExternalContextCreator,
    moduleRef: ModuleRef,
  );
  definitions(): Readonly<Record<string, Definition>>;
  requireHandlersOnly(): void;
  use(hub: Hub): void;
  listen(hub: Hub): void;
}

type Decorator = () => ParameterDecorator;

type Definition = ChannelDefinition<EventSchemas, never>;

type Definition<Events extends EventSchemas, ChannelParams> = Partial<
  Omit<ChannelDefinition<Events, ChannelParams>, 'presence'>
> & {
  readonly presence?: PresenceDefinition;
};

interface GatewayOptions {
  readonly path?: string;
  readonly namespace?: unknown;
}

declare class Mounting {
  #private;
  constructor(route: RtRouteOptions, host: HttpAdapterHost, config: ApplicationConfig);
  takeBodies(): void;
  takeUpgrades(): () => void;
}
