import type { CloseOptions, Hub, RequestHub, User } from '@rt/core';
import type { AttachOptions } from '@rt/node';
import { attach, nodeReply } from '@rt/node';
import type {
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  FastifyServerOptions,
  RouteShorthandOptions,
} from 'fastify';
import fastifyPlugin from 'fastify-plugin';

/**
 * Gives `fastify.rt` the types of your channels:
 * `declare module '@rt/fastify' { interface Register { hub: typeof hub } }`.
 */
// Empty until an app adds to it.
export interface Register {}

/** The hub of an app: as it was registered by type, or one of any channels. */
export type RegisteredHub = Register extends { readonly hub: infer Registered } ? Registered : Hub;

declare module 'fastify' {
  interface FastifyInstance {
    /** The hub that was given to `@rt/fastify`. */
    rt: RegisteredHub;
  }
}

/** Options of {@link realtime}. */
export interface RealtimeOptions {
  readonly hub: RequestHub & Pick<Hub, 'close'>;
  /**
   * Says who asks, from what the hooks in front have found out; `null` or `undefined` is nobody in particular. What it
   * throws goes to the error handler of the context.
   */
  readonly user: (request: FastifyRequest) => User | null | undefined | Promise<User | null | undefined>;
  /** Where the hub is mounted, below the prefix of the context that registers it. @default '/rt' */
  readonly path?: string;
  /** Options of the route: hooks such as `preHandler`, `config`, `constraints`. @default none */
  readonly route?: RouteShorthandOptions;
  /**
   * How WebSocket upgrades are taken; `false` for not at all. They run through the route as any request does, and no
   * other upgrader of the server sees them, unless `exclusive` is false. @default { exclusive: true }
   */
  readonly upgrades?: Omit<AttachOptions, 'path'> | false;
  /**
   * How the hub is closed when the app closes, before it stops listening; `false` if you close it yourself.
   * @default those of `hub.close`
   */
  readonly close?: CloseOptions | false;
}

/** Longer than a stream can last that a timeout of Fastify's would end: the most that Node's timers can wait. */
const noTimeoutMs = 2 ** 31 - 1;

const plugin: FastifyPluginAsync<RealtimeOptions> = async (fastify, options) => {
  const { hub, user, path = '/rt', route, upgrades, close } = options;
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { raw, body, ip: address } = request;
    const resolved = await user(request);
    const header = (name: string): ReturnType<FastifyReply['getHeader']> => reply.getHeader(name);
    const answer = await nodeReply(hub, raw, reply.raw, { user: resolved, body, address, header });
    if (answer !== null) reply.code(answer.status).headers(answer.headers).send(answer.body);
    return reply;
  };
  const timesHandlers = Number((fastify.initialConfig as FastifyServerOptions).handlerTimeout ?? 0) > 0;
  if (!fastify.hasDecorator('rt')) fastify.decorate('rt', hub as RegisteredHub);
  // In a context of its own, for the sake of the parsers: bodies are read by the hub, with its own limit.
  await fastify.register(async (inner) => {
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    inner.route({
      ...(timesHandlers ? { handlerTimeout: noTimeoutMs } : {}),
      ...route,
      method: ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'],
      url: path,
      exposeHeadRoute: false,
      handler,
    });
  });
  if (upgrades !== false) {
    const stop = attach(fastify.server, { exclusive: true, ...upgrades, path: `${fastify.prefix}${path}` });
    fastify.addHook('onClose', async () => stop());
  }
  if (close !== false) fastify.addHook('preClose', async () => hub.close(close));
};

/**
 * Serves a hub in Fastify 5: `await app.register(realtime, { hub, user })`. Replies are Fastify's own, so hooks of the
 * app are done with streams and WebSockets as with any reply.
 */
export const realtime: FastifyPluginAsync<RealtimeOptions> = fastifyPlugin(plugin, {
  fastify: '5.x',
  name: '@rt/fastify',
});

/**
 * Fastify's convention, for `app.register(import('@rt/fastify'), …)`.
 *
 * @alias
 */
// oxlint-disable-next-line import/no-default-export
export default realtime;
