// @rt/express-sse

import type { RequestHub, User } from '@rt/core';
import type { attach } from '@rt/node';
import type { Request, RequestHandler } from 'express';

export interface Realtime extends RequestHandler {
  readonly attach: typeof attach;
}

export interface RealtimeOptions {
  readonly user: (request: Request) => User | null | undefined | Promise<User | null | undefined>;
}

export declare function realtime(hub: RequestHub, { user }: RealtimeOptions): Realtime;
