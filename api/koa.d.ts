// @rt/koa

import type { RequestHub, User } from '@rt/core';
import type { attach } from '@rt/node';
import type { Context, Middleware } from 'koa';

export interface Realtime {
  handler(): Middleware;
  readonly attach: typeof attach;
}

export interface RealtimeOptions {
  readonly user: (ctx: Context) => User | null | undefined | Promise<User | null | undefined>;
}

export declare function realtime(hub: RequestHub, { user }: RealtimeOptions): Realtime;
