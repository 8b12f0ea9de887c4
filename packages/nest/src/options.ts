import type { CanActivate, FactoryProvider, ModuleMetadata, Type } from '@nestjs/common';
import type { Channels, CloseOptions, EventsByPattern, Hub, HubOptions, RequestHub, User } from '@rt/core';
import type { AttachOptions } from '@rt/node';

/** A request as the app's guards leave it, on Express or on Fastify. */
export interface RtRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What a guard has found out: Passport and the guards of Nest's own guides put it here. */
  readonly user?: unknown;
}

/** A hub that an app has made itself, whatever its channels are. */
export type ReadyHub = RequestHub & Pick<Hub, 'close' | 'onPresence'>;

/** What a factory may find out, beside where the hub is mounted. */
export interface RtModuleOptions {
  /**
   * Options of `createHub` for a hub over `channels` and the channel classes of the app; or a hub that is made already,
   * for which channel classes can have handlers only. @default a hub in memory
   */
  readonly hub?: HubOptions | ReadyHub;
  /** Channels that have no class. @default none */
  readonly channels?: Pick<Channels<EventsByPattern>, 'definitions'>;
  /**
   * Says who asks, from what the guards have found out; `null` or `undefined` is nobody in particular. What it throws is
   * answered as an error of any route is. @default `request.user`
   */
  readonly user?: (request: RtRequest) => User | null | undefined | Promise<User | null | undefined>;
  /**
   * How the hub is closed when the app closes, before it stops listening; `false` if you close it yourself.
   * @default those of `hub.close`
   */
  readonly close?: CloseOptions | false;
}

/** Where the hub is mounted. */
export interface RtRouteOptions {
  /** Below the global prefix of the app. @default 'rt' */
  readonly path?: string;
  /** Guards that a request, and so an upgrade, has to pass. @default those that are global */
  readonly guards?: readonly (Type<CanActivate> | CanActivate)[];
  /** Whatever else belongs on the route, such as `UseInterceptors(…)` or `SkipThrottle()`. @default none */
  readonly decorators?: readonly ClassDecorator[];
  /**
   * How WebSocket upgrades are taken; `false` for not at all. They run through the route as any request does, and no
   * other upgrader of the server sees them, unless `exclusive` is false. @default { exclusive: true }
   */
  readonly upgrades?: Omit<AttachOptions, 'path'> | false;
}

/** Options of `RtModule.forRootAsync`: what has to be found out first comes from a factory. */
export interface RtModuleAsyncOptions extends RtRouteOptions {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<RtModuleOptions>['useFactory'];
}
