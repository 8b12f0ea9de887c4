import type { RequestHub, User } from '@rt/core';
import { attach, nodeReply } from '@rt/node';
import type { Context, Middleware } from 'koa';

/** Options of {@link realtime}. */
export interface RealtimeOptions {
  /**
   * Says who asks, from what the middleware in front has found out; `null` or `undefined` is nobody in particular.
   * What it throws is Koa's to answer, as for any middleware.
   */
  readonly user: (ctx: Context) => User | null | undefined | Promise<User | null | undefined>;
}

/** What an app mounts, and what its server has to be told beside it. */
export interface Realtime {
  /**
   * The middleware. It answers whatever it is given, whatever the path: mount it where it belongs, for example with
   * `router.all('/rt', requireLogin, rt.handler())` or `app.use(mount('/rt', rt.handler()))`.
   */
  handler(): Middleware;
  /**
   * Lets WebSocket upgrades at a path of the server run through the app, and so through all middleware around this one:
   * `rt.attach(app.listen(3000), { path: '/rt' })`. Returns how to stop.
   */
  readonly attach: typeof attach;
}

/** Serves a hub in Koa 3. Replies are Koa's own: what middleware does after `await next()` is done with them as well. */
export function realtime(hub: RequestHub, { user }: RealtimeOptions): Realtime {
  const handler: Middleware = async (ctx) => {
    const { body } = ctx.request as { readonly body?: unknown };
    const resolved = await user(ctx);
    const reply = await nodeReply(hub, ctx.req, ctx.res, { user: resolved, body, address: ctx.ip });
    if (reply === null) return;
    ctx.status = reply.status;
    ctx.set(reply.headers);
    ignoreLeaving(ctx);
    // For 101 Koa takes no body at all, not even none.
    if (reply.body !== null) ctx.body = reply.body;
  };
  return { handler: () => handler, attach };
}

/** For Koa a peer that leaves is an error of the app, told with a stack. Streams and WebSockets mostly end so. */
function ignoreLeaving(ctx: Context): void {
  const tell = ctx.onerror.bind(ctx);
  ctx.onerror = (error: Error & { readonly code?: string }): void => {
    if (ctx.headerSent && /^(?:ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/.test(error?.code ?? '')) return;
    tell(error);
  };
}
