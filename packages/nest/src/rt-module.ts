import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap, Provider } from '@nestjs/common';
import { Inject, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Hub } from '@rt/core';
import { createHub } from '@rt/core';
import { ChannelClasses } from './channel-classes.ts';
import { makeHub } from './make-hub.ts';
import { Mounting } from './mounting.ts';
import type { RtModuleAsyncOptions, RtModuleOptions, RtRouteOptions } from './options.ts';
import { rtController } from './rt-controller.ts';
import { RT_CREATE_HUB, RT_HUB, RT_OPTIONS, RT_ROUTE } from './tokens.ts';

/**
 * Serves a hub in Nest 12: `imports: [RtModule.forRoot({ guards: [AuthGuard] })]`. It is global, so `@InjectHub()` works
 * everywhere.
 */
@Module({})
export class RtModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #hub: Hub;
  readonly #options: RtModuleOptions;
  readonly #classes: ChannelClasses;
  readonly #mounting: Mounting;
  #stop: () => void = () => {};

  constructor(
    @Inject(RT_HUB) hub: Hub,
    @Inject(RT_OPTIONS) options: RtModuleOptions,
    classes: ChannelClasses,
    mounting: Mounting,
  ) {
    this.#hub = hub;
    this.#options = options;
    this.#classes = classes;
    this.#mounting = mounting;
    mounting.takeBodies();
  }

  static forRoot(options: RtModuleOptions & RtRouteOptions = {}): DynamicModule {
    return dynamicModule(options, { provide: RT_OPTIONS, useValue: options }, []);
  }

  static forRootAsync({ imports = [], inject = [], useFactory, ...route }: RtModuleAsyncOptions): DynamicModule {
    return dynamicModule(route, { provide: RT_OPTIONS, inject, useFactory }, imports);
  }

  onApplicationBootstrap(): void {
    this.#classes.listen(this.#hub);
    this.#stop = this.#mounting.takeUpgrades();
  }

  /** The app waits for it before it closes its server, which itself would wait for streams and sockets without an end. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.#options.close !== false) await this.#hub.close(this.#options.close);
    this.#stop();
  }
}

function dynamicModule(
  route: RtRouteOptions,
  options: Provider<RtModuleOptions>,
  imports: NonNullable<DynamicModule['imports']>,
): DynamicModule {
  return {
    module: RtModule,
    global: true,
    imports: [...imports, DiscoveryModule],
    controllers: [rtController(route)],
    providers: [
      options,
      { provide: RT_ROUTE, useValue: route },
      { provide: RT_CREATE_HUB, useValue: createHub },
      { provide: RT_HUB, inject: [RT_OPTIONS, ChannelClasses, RT_CREATE_HUB], useFactory: makeHub },
      ChannelClasses,
      Mounting,
    ],
    exports: [RT_HUB],
  };
}
