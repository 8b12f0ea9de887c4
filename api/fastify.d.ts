// @rt/fastify

import type { CloseOptions, Hub, RequestHub, User } from '@rt/core';
import type { AttachOptions } from '@rt/node';
import type { FastifyPluginAsync, FastifyRequest, RouteShorthandOptions } from 'fastify';

export interface RealtimeOptions {
  readonly hub: RequestHub & Pick<Hub, 'close'>;
  readonly user: (request: FastifyRequest) => User | null | undefined | Promise<User | null | undefined>;
  readonly path?: string;
  readonly route?: RouteShorthandOptions;
  readonly upgrades?: Omit<AttachOptions, 'path'> | false;
  readonly close?: CloseOptions | false;
}

export interface Register {}

export type RegisteredHub = Register extends {
  readonly hub: infer Registered;
}
  ? Registered
  : Hub;

export declare const realtime: FastifyPluginAsync<RealtimeOptions>;

export { realtime as default };

declare module 'fastify' {
  interface FastifyInstance {
    rt: RegisteredHub;
  }
}
