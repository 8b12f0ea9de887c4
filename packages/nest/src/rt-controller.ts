import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Type } from '@nestjs/common';
import {
  All,
  applyDecorators,
  Controller,
  Inject,
  Req,
  Res,
  StreamableFile,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import type { RequestHub, User } from '@rt/core';
import type { NodeRequest } from '@rt/node';
import { nodeReply } from '@rt/node';
import type { RtModuleOptions, RtRequest, RtRouteOptions } from './options.ts';
import { RT_HUB, RT_OPTIONS } from './tokens.ts';

/** A request of Express, or of Fastify with Node's own in it. */
type HostRequest = RtRequest & { readonly raw?: NodeRequest; readonly body?: unknown; readonly ip?: string };

/** A response of Express, or a reply of Fastify with Node's own in it. */
type HostResponse = Pick<ServerResponse, 'getHeader'> & {
  readonly raw?: ServerResponse;
  status(status: number): unknown;
  header(name: string, value: string): unknown;
};

/** Makes the one route of the hub. Its replies are Nest's own, so interceptors are done with streams and upgrades too. */
export function rtController({ path = 'rt', guards = [], decorators = [] }: RtRouteOptions): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  class RtController {
    readonly #hub: RequestHub;
    readonly #options: RtModuleOptions;

    constructor(@Inject(RT_HUB) hub: RequestHub, @Inject(RT_OPTIONS) options: RtModuleOptions) {
      this.#hub = hub;
      this.#options = options;
    }

    @All()
    async serve(
      @Req() request: HostRequest,
      @Res({ passthrough: true }) response: HostResponse,
    ): Promise<StreamableFile | undefined> {
      const { user: find = (asked) => asked.user as User } = this.#options;
      const user = await find(request);
      const raw = response.raw ?? (response as unknown as ServerResponse);
      const reply = await nodeReply(this.#hub, request.raw ?? (request as unknown as NodeRequest), raw, {
        user,
        body: request.body,
        address: request.ip,
        header: (name) => response.getHeader(name),
      });
      if (reply === null) return undefined;
      response.status(reply.status);
      for (const [name, value] of Object.entries(reply.headers)) setHeader(response, name, value);
      if (reply.body === null) return undefined;
      // A text would be given an entity tag, and another type.
      return reply.body instanceof Readable
        ? new StreamableFile(reply.body)
        : new StreamableFile(Buffer.from(reply.body));
    }
  }
  applyDecorators(UseGuards(...guards), ...decorators)(RtController);
  return RtController;
}

/** Express has an opinion on the type of a reply when it is told by its own `header`. */
function setHeader(response: HostResponse, name: string, value: string): void {
  if (response.raw === undefined) (response as unknown as ServerResponse).setHeader(name, value);
  else response.header(name, value);
}
