import type { CustomDecorator, Type } from '@nestjs/common';
import { Injectable, SetMetadata, applyDecorators } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { ChannelDefinition, EventSchemas, Params, PresenceDefinition } from '@rt/core';

/** What a rule allows. */
export type RtOperation = 'subscribe' | 'history' | 'publish' | 'send' | 'enter' | 'members';

/** A channel class as its decorator describes it. */
export interface ChannelClass {
  readonly pattern: string;
  readonly definition: Partial<ChannelDefinition<EventSchemas, never>>;
}

type Definition<Events extends EventSchemas, ChannelParams> = Partial<
  Omit<ChannelDefinition<Events, ChannelParams>, 'presence'>
> & { readonly presence?: PresenceDefinition };

/** Marks a provider as a channel class. */
export const channelClass: ReturnType<typeof DiscoveryService.createDecorator<ChannelClass>> =
  DiscoveryService.createDecorator<ChannelClass>();

/**
 * Makes a provider the class of all channels that match a pattern. It is injectable, and its guards, pipes, interceptors
 * and filters run whenever one of its methods or rules is asked.
 *
 * @param definition as for `channel` of `@rt/core`; a rule is given here, or by a method with {@link RtAuthorize}
 */
export function RtChannel<const Pattern extends string, Events extends EventSchemas = EventSchemas>(
  pattern: Pattern,
  definition: Definition<Events, Params<Pattern>> = {},
): ClassDecorator {
  const described = { pattern, definition: definition as ChannelClass['definition'] };
  return applyDecorators(Injectable() as ClassDecorator, channelClass(described) as ClassDecorator);
}

const authorizes = 'rt:authorizes';
const joins = 'rt:joins';
const leaves = 'rt:leaves';

/**
 * The method says who may: only `true`, or a promise of it, allows. An exception of a guard or of its own that is an
 * `HttpException` below 500 or a `WsException` denies; any other is a rule that has failed.
 *
 * For 'publish', 'send' and 'enter' `@MessageBody()` is what came, which no schema has seen yet.
 *
 * @param operations what it is asked for. @default 'subscribe', 'enter' and 'send'
 */
export function RtAuthorize(...operations: readonly RtOperation[]): MethodDecorator {
  return SetMetadata(authorizes, operations.length > 0 ? operations : ['subscribe', 'enter', 'send']);
}

/** The method is told of each user who has become a member, at least once, in the order in which it happened. */
export function OnJoin(): CustomDecorator {
  return SetMetadata(joins, true);
}

/** The method is told of each user who is no member any more, as for {@link OnJoin}. */
export function OnLeave(): CustomDecorator {
  return SetMetadata(leaves, true);
}

/** What the methods of a channel class are for, by name. */
export interface ChannelMethods {
  readonly authorizes: ReadonlyMap<RtOperation, string>;
  readonly answers: ReadonlyMap<string, string>;
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

// What Nest's own `@SubscribeMessage` leaves on a method; it is not exported.
const mapsMessage = 'websockets:message_mapping';
const message = 'message';

/** Reads what the methods of a channel class are for. */
export function channelMethods({ prototype }: Pick<Type, 'prototype'>, names: readonly string[]): ChannelMethods {
  const on = (key: string, name: string): unknown =>
    Reflect.getMetadata(key, (prototype as Readonly<Record<string, object>>)[name] ?? {});
  return {
    authorizes: new Map(
      names.flatMap((name) =>
        ((on(authorizes, name) ?? []) as readonly RtOperation[]).map((operation) => [operation, name] as const),
      ),
    ),
    answers: new Map(
      names.filter((name) => on(mapsMessage, name) === true).map((name) => [String(on(message, name)), name]),
    ),
    joined: names.filter((name) => on(joins, name) === true),
    left: names.filter((name) => on(leaves, name) === true),
  };
}
