import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { RtError } from '@rt/core';
import { attach } from '@rt/node';
import type { RtRouteOptions } from './options.ts';
import { pathOf, publicPath } from './public-path.ts';
import { RtAdapter } from './rt-adapter.ts';
import { RT_ROUTE } from './tokens.ts';

/** What the route of the hub needs of the server, which Nest's controllers do not know. */
@Injectable()
export class Mounting {
  readonly #route: RtRouteOptions;
  readonly #host: HttpAdapterHost;
  readonly #config: ApplicationConfig;

  constructor(@Inject(RT_ROUTE) route: RtRouteOptions, host: HttpAdapterHost, config: ApplicationConfig) {
    this.#route = route;
    this.#host = host;
    this.#config = config;
  }

  /**
   * Has to be called before the app's parsers are there, which refuse what they do not know, or make something of it
   * that cannot be undone: the hub reads what it is sent by itself, whatever it is said to be.
   */
  takeBodies(): void {
    this.#host.httpAdapter?.use((request: IncomingMessage, _response: unknown, next: () => void) => {
      if (request.method === 'POST' && pathOf(request) === this.#path()) request.headers['content-type'] = 'text/plain';
      next();
    });
  }

  /** Returns how to stop. @throws RtError `option_invalid` if a gateway is at the same path */
  takeUpgrades(): () => void {
    const { upgrades } = this.#route;
    const server: unknown = this.#host.httpAdapter?.getHttpServer();
    if (upgrades === false || !isServer(server)) return () => {};
    const path = this.#path();
    const adapter: unknown = this.#config.getIoAdapter();
    if (adapter instanceof RtAdapter && adapter.serves(path)) {
      throw new RtError('option_invalid', `a gateway and the hub are both at ${path}; give one of them another path`);
    }
    return attach(server, { exclusive: true, ...upgrades, path });
  }

  /** The global prefix is set after the module has been made. */
  #path(): string {
    return publicPath(this.#config, this.#route.path ?? 'rt');
  }
}

function isServer(server: unknown): server is Parameters<typeof attach>[0] {
  return typeof server === 'object' && server !== null && 'listenerCount' in server;
}
