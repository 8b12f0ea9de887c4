import type { DiscoveryService, ExternalContextCreator, ModuleRef } from '@nestjs/core';
import { ContextIdFactory } from '@nestjs/core';
import type { RtCall } from './channel-call.ts';

/** Runs a method of a channel class, or a rule of it, with everything that stands around it. */
export type ChannelMethod = (call: RtCall, data: unknown) => Promise<unknown>;

/** A provider as Nest holds it. */
export type ProviderWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** What Nest needs to call into an app. */
export interface Calling {
  readonly creator: ExternalContextCreator;
  readonly moduleRef: ModuleRef;
}

/** Where Nest keeps what the decorators of parameters say; it is not exported. */
const parameters = '__routeArguments__';

/** Nest's own parameters, by their number: `@ConnectedSocket()` and `@MessageBody()`. `@Ack()` has nothing here. */
const exchange = {
  exchangeKeyForValue(type: number, key: string | undefined, [call, data]: readonly unknown[]): unknown {
    if (type === 0) return call;
    if (type !== 3) return undefined;
    return key === undefined ? data : (data as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  },
};

/**
 * Guards, pipes, interceptors and filters of the class and the method are found as for a gateway.
 *
 * @param method its name, or a function that stands for one
 */
export function channelMethod(
  { creator, moduleRef }: Calling,
  wrapper: ProviderWrapper,
  method: string | ((call: RtCall, data: unknown) => unknown),
): ChannelMethod {
  const prepare = (instance: object, ...context: readonly unknown[]): ((...args: readonly unknown[]) => unknown) => {
    const isName = typeof method === 'string';
    const callback = isName ? (instance as Readonly<Record<string, () => unknown>>)[method] : method;
    const everything = { guards: true, interceptors: true, filters: true };
    const [contextId, inquirerId] = context;
    return creator.create(
      instance,
      callback as never,
      isName ? method : 'rule',
      parameters,
      exchange as never,
      contextId as never,
      inquirerId as never,
      everything,
      'ws',
    ) as never;
  };
  let prepared: ((...args: readonly unknown[]) => unknown) | null = null;
  return async (call, data) => {
    // The last argument is the pattern of the WebSocket context.
    if (wrapper.isDependencyTreeStatic()) return (prepared ??= prepare(wrapper.instance))(call, data, call.event);
    const contextId = ContextIdFactory.getByRequest(call);
    moduleRef.registerRequestByContextId(call, contextId);
    const instance = await moduleRef.resolve<object>(wrapper.token as never, contextId, { strict: false });
    return prepare(instance, contextId, wrapper.id)(call, data, call.event);
  };
}
