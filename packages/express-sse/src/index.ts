import type { RequestHub, User } from '@rt/core';
import { attach, nodeExchange } from '@rt/node';
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

/** The middleware, and what a server has to be told beside it. */
export interface Realtime extends RequestHandler {
  /**
   * Lets WebSocket upgrades at a path of the server run through the app, and so through the middleware in front of
   * this one: `rt.attach(app.listen(3000))`. Returns how to stop.
   */
  readonly attach: typeof attach;
}

/**
 * Express middleware (4 and 5) that serves a hub at the path where it is mounted: `app.use('/rt', realtime(hub, …))`.
 * Whatever is mounted in front of it runs first and may refuse; the headers it has set go out with the reply.
 */
export function realtime(hub: RequestHub, { user }: RealtimeOptions): Realtime {
  const handler = (request: Request, response: Response, next: NextFunction): void => {
    // Mounted with `use`, Express has taken the mount path away: anything that is left is another URL. A route
    // (`app.all('/rt', …)`) has matched the whole path, and leaves it.
    if (request.path !== '/' && request.route === undefined) return next();
    const serve = async (): Promise<void> => {
      const resolved = await user(request);
      await saveSession(request);
      const { body, ip: address } = request as { readonly body: unknown; readonly ip: string | undefined };
      await hub.handle(nodeExchange(request, response, { body, address }), () => resolved);
    };
    serve().catch(next);
  };
  return Object.assign(handler, { attach });
}
