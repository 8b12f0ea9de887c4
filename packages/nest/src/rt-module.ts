import type { IncomingMessage } from 'node:http';
import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap, Provider } from '@nestjs/common';
import { Inject, Module } from '@nestjs/common';
import { ApplicationConfig, DiscoveryModule, HttpAdapterHost } from '@nestjs/core';
import type { Channels, EventsByPattern, Hub, HubOptions } from '@rt/core';
import { createHub, RtError } from '@rt/core';
import { attach } from '@rt/node';
import { ChannelClasses } from './channel-classes.ts';
import type { RtModuleAsyncOptions, RtModuleOptions, RtRouteOptions } from './options.ts';
import { pathOf, publicPath } from './public-path.ts';
import { RtAdapter } from './rt-adapter.ts';
import { rtController } from './rt-controller.ts';
import { RT_CREATE_HUB, RT_HUB, RT_OPTIONS } from './tokens.ts';

/** Makes a hub over channels; `createHub` is one. */
export type CreateHub = (options: HubOptions & { readonly channels: Channels<EventsByPattern> }) => Hub;

const RT_ROUTE: unique symbol = Symbol('RT_ROUTE');

/**
 * Serves a hub in Nest 12: `imports: [RtModule.forRoot({ guards: [AuthGuard] })]`. It is global, so `@InjectHub()` works
 * everywhere.
 */
@Module({})
export class RtModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #hub: Hub;
  readonly #options: RtModuleOptions;
  readonly #route: RtRouteOptions;
  readonly #classes: ChannelClasses;
  readonly #app: { readonly host: HttpAdapterHost; readonly config: ApplicationConfig };
  #stop: () => void = () => {};

  constructor(
    @Inject(RT_HUB) hub: Hub,
    @Inject(RT_OPTIONS) options: RtModuleOptions,
    @Inject(RT_ROUTE) route: RtRouteOptions,
    classes: ChannelClasses,
    host: HttpAdapterHost,
    config: ApplicationConfig,
  ) {
    this.#hub = hub;
    this.#options = options;
    this.#route = route;
    this.#classes = classes;
    this.#app = { host, config };
    // Before the app's parsers, which refuse what they do not know, or make something of it that cannot be undone. The
    // hub reads what it is sent by itself, whatever it is said to be.
    host.httpAdapter?.use((request: IncomingMessage, _response: unknown, next: () => void) => {
      if (request.method === 'POST' && pathOf(request) === this.#path()) request.headers['content-type'] = 'text/plain';
      next();
    });
  }

  static forRoot(options: RtModuleOptions & RtRouteOptions = {}): DynamicModule {
    return dynamicModule(options, { provide: RT_OPTIONS, useValue: options }, []);
  }

  static forRootAsync({ imports = [], inject = [], useFactory, ...route }: RtModuleAsyncOptions): DynamicModule {
    return dynamicModule(route, { provide: RT_OPTIONS, inject, useFactory }, imports);
  }

  onApplicationBootstrap(): void {
    this.#classes.listen(this.#hub);
    const { host, config } = this.#app;
    const server: unknown = host.httpAdapter?.getHttpServer();
    const { upgrades } = this.#route;
    if (upgrades === false || !isServer(server)) return;
    const mounted = this.#path();
    const adapter: unknown = config.getIoAdapter();
    if (adapter instanceof RtAdapter && adapter.serves(mounted)) {
      throw new RtError(
        'option_invalid',
        `a gateway and the hub are both at ${mounted}; give one of them another path`,
      );
    }
    this.#stop = attach(server, { exclusive: true, ...upgrades, path: mounted });
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.#options.close !== false) await this.#hub.close(this.#options.close);
    this.#stop();
  }

  /** The global prefix is set after the module has been made. */
  #path(): string {
    return publicPath(this.#app.config, this.#route.path ?? 'rt');
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
    ],
    exports: [RT_HUB],
  };
}

/** @throws RtError `definition_invalid`, `option_invalid` */
function makeHub({ hub = {}, channels }: RtModuleOptions, classes: ChannelClasses, create: CreateHub): Hub {
  const made = 'handle' in hub ? hub : create({ ...hub, channels: withClasses(channels, classes) });
  if (made === hub) {
    if (channels !== undefined) throw new RtError('option_invalid', 'a hub that is made already takes no channels');
    classes.requireHandlersOnly();
  }
  classes.use(made);
  return made;
}

function withClasses(channels: RtModuleOptions['channels'], classes: ChannelClasses): Channels<EventsByPattern> {
  const made = classes.definitions();
  const twice = Object.keys(made).find((pattern) => channels?.definitions[pattern] !== undefined);
  if (twice !== undefined) {
    throw new RtError('definition_invalid', `"${twice}" has a definition and a class; keep one of them`);
  }
  return { definitions: { ...channels?.definitions, ...made } } as Channels<EventsByPattern>;
}

function isServer(server: unknown): server is Parameters<typeof attach>[0] {
  return typeof server === 'object' && server !== null && 'listenerCount' in server;
}
