import type { ExecutionContext } from '@nestjs/common';
import { createParamDecorator } from '@nestjs/common';
import type { ChannelHandle, EventSchemas, PresenceEvent, User } from '@rt/core';

/** A user who has come or gone. */
export type RtMemberChange = Extract<PresenceEvent, { readonly type: 'joined' | 'left' }>;

/**
 * What a method of a channel class is called about. It is the client of the WebSocket context, so guards find it with
 * `context.switchToWs().getClient()`, and it is what `REQUEST` injects into request-scoped providers.
 */
export interface RtCall {
  /** Who asks; `null` for nobody in particular, and where nobody asks: in `@OnJoin()` and `@OnLeave()`. */
  readonly user: User | null;
  readonly channel: ChannelHandle<EventSchemas>;
  /** What is published or sent, or `null`. */
  readonly event: string | null;
  /** Who has come or gone, or `null`. */
  readonly member: RtMemberChange | null;
}

type Decorator = () => ParameterDecorator;

const callOf = (context: ExecutionContext): RtCall => context.switchToWs().getClient<RtCall>();

/** Who asks, as the host resolved it; `null` for nobody in particular. */
export const RtUser: Decorator = createParamDecorator((_: unknown, context) => callOf(context).user);

/** A parameter in the channel's name, or all of them. */
export const RtParam: (name?: string) => ParameterDecorator = createParamDecorator(
  (name: string | undefined, context) => {
    const { params } = callOf(context).channel;
    return name === undefined ? params : params[name];
  },
);

/** Who has come or gone, with what the member shows or has shown last. Only with `@OnJoin()` and `@OnLeave()`. */
export const RtMember: Decorator = createParamDecorator((_: unknown, context) => callOf(context).member);

/** The channel itself, as `hub.channel` gives it. */
export const RtChannelRef: Decorator = createParamDecorator((_: unknown, context) => callOf(context).channel);
