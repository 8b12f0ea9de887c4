import type { RequestHub, User } from '@rt/core';
import { nodeExchange } from '@rt/node';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { saveSession } from './session.ts';

/** Options of {@link realtime}. */
export interface RealtimeOptions {
  /**
   * Says who asks, from what the middleware in front has found out; `null` or `undefined` is nobody in particular.
   * What it throws goes to the app's error middleware.
   */
  readonly user: (request: Request) => User | null | undefined | Promise<User | null | undefined>;
}

/**
 * Express middleware (4 and 5) that serves a hub at the path where it is mounted: `app.use('/rt', realtime(hub, …))`.
 * Whatever is mounted in front of it runs first and may refuse; the headers it has set go out with the reply.
 */
export function realtime(hub: RequestHub, { user }: RealtimeOptions): RequestHandler {
  return (request: Request, response: Response, next: NextFunction): void => {
    // Mounted with `use`, Express has taken the mount path away: anything that is left is another URL. A route
    // (`app.all('/rt', …)`) has matched the whole path, and leaves it.
    if (request.path !== '/' && request.route === undefined) return next();
    const serve = async (): Promise<void> => {
      const resolved = await user(request);
      await saveSession(request);
      await hub.handle(nodeExchange(request, response, { body: request.body as unknown }), () => resolved);
    };
    serve().catch(next);
  };
}
