import { Injectable } from '@nestjs/common';
import { DiscoveryService, ExternalContextCreator, MetadataScanner, ModuleRef } from '@nestjs/core';
import type { ChannelDefinition, EnterQuestion, EventQuestion, EventSchemas, Hub, PresenceEvent } from '@rt/core';
import { RtError } from '@rt/core';
import type { ChannelClass, ChannelMethods, RtOperation } from './channel-decorators.ts';
import { channelClass, channelMethods } from './channel-decorators.ts';
import type { Calling, ChannelMethod, ProviderWrapper } from './channel-method.ts';
import { channelMethod } from './channel-method.ts';
import { isRefusal, refusal } from './refusal.ts';

type Definition = ChannelDefinition<EventSchemas, never>;
type AnyQuestion = EventQuestion<unknown> & EnterQuestion<unknown>;
type Rule = (question: AnyQuestion) => Promise<boolean>;

interface Found extends ChannelClass {
  readonly wrapper: ProviderWrapper;
  readonly methods: ChannelMethods;
}

const operations: readonly RtOperation[] = ['subscribe', 'history', 'publish', 'send', 'enter', 'members'];

/** The channel classes of an app, as definitions and handlers of its hub. */
@Injectable()
export class ChannelClasses {
  readonly #calling: Calling;
  readonly #found: readonly Found[];
  #hub: Hub | null = null;

  constructor(
    discovery: DiscoveryService,
    scanner: MetadataScanner,
    creator: ExternalContextCreator,
    moduleRef: ModuleRef,
  ) {
    this.#calling = { creator, moduleRef };
    this.#found = discovery.getProviders({ metadataKey: channelClass.KEY }).flatMap((wrapper) => {
      const described = discovery.getMetadataByDecorator(channelClass, wrapper);
      const { metatype } = wrapper;
      if (described === undefined || metatype === null) return [];
      return [
        { ...described, wrapper, methods: channelMethods(metatype, scanner.getAllMethodNames(metatype.prototype)) },
      ];
    });
  }

  /** The definitions, by pattern. @throws RtError `definition_invalid` */
  definitions(): Readonly<Record<string, Definition>> {
    const made: Record<string, Definition> = {};
    for (const found of this.#found) {
      if (made[found.pattern] !== undefined) throw invalid(found, 'two classes have this pattern; keep one of them');
      const rules = operations.map((operation) => [operation, this.#rule(found, operation)] as const);
      made[found.pattern] = {
        events: {},
        ...found.definition,
        ...Object.fromEntries(rules.filter(([, rule]) => rule !== undefined)),
      };
    }
    return made;
  }

  /** @throws RtError `definition_invalid` if a class defines what a hub that is made already cannot take up. */
  requireHandlersOnly(): void {
    for (const found of this.#found) {
      if (Object.keys(found.definition).length > 0 || found.methods.authorizes.size > 0) {
        throw invalid(found, 'the hub is made already; what the class says belongs into the definitions of the hub');
      }
    }
  }

  /** The hub that rules and methods are given. */
  use(hub: Hub): void {
    this.#hub = hub;
  }

  /** Lets the classes answer clients, and tells them who comes and goes. */
  listen(hub: Hub): void {
    for (const { pattern, wrapper, methods } of this.#found) {
      for (const [event, method] of methods.answers) {
        const answer = channelMethod(this.#calling, wrapper, method);
        hub.on(pattern, event, async ({ data, user, channel }) => {
          try {
            return await answer({ user, channel: hub.channel(channel), event, member: null }, data);
          } catch (cause) {
            throw isRefusal(cause) ? refusal(cause) : cause;
          }
        });
      }
      const calls = { joined: methods.joined, left: methods.left };
      if (calls.joined.length + calls.left.length === 0) continue;
      const each = (names: readonly string[]): readonly ChannelMethod[] =>
        names.map((name) => channelMethod(this.#calling, wrapper, name));
      const told = { joined: each(calls.joined), left: each(calls.left) };
      hub.onPresence(async (event) => tell(hub, pattern, event, told));
    }
  }

  /** The rule of an operation: a method, or the one that the definition has, behind the guards of the class. */
  #rule(found: Found, operation: RtOperation): Rule | 'nobody' | undefined {
    const { definition, methods, wrapper } = found;
    const method = methods.authorizes.get(operation);
    const given = definition[operation] as 'anyone' | 'nobody' | ((question: AnyQuestion) => unknown);
    if (method === undefined) {
      if (given === undefined || given === 'nobody') return given;
      if (given === 'anyone') return this.#asked(channelMethod(this.#calling, wrapper, () => true));
      return this.#asked(
        channelMethod(this.#calling, wrapper, ({ user, channel, event }, data) =>
          given({ user, params: channel.params, channel: channel.name, event: event ?? '', data, state: data }),
        ),
      );
    }
    if (given !== undefined) throw invalid(found, `${operation} has a rule and a method; keep one of them`);
    return this.#asked(channelMethod(this.#calling, wrapper, method));
  }

  #asked(run: ChannelMethod): Rule {
    return async ({ user, channel, event, data, state }) => {
      // A hub asks no rule before it is there.
      const handle = (this.#hub as Hub).channel(channel);
      try {
        return (await run({ user, channel: handle, event: event || null, member: null }, data ?? state)) === true;
      } catch (cause) {
        if (isRefusal(cause)) return false;
        throw cause;
      }
    };
  }
}

type Told = Readonly<Record<'joined' | 'left', readonly ChannelMethod[]>>;

async function tell(hub: Hub, pattern: string, event: PresenceEvent, told: Told): Promise<void> {
  if (event.type !== 'joined' && event.type !== 'left') return;
  const channel = channelOf(hub, event.channel);
  if (channel?.pattern !== pattern) return;
  for (const run of told[event.type]) await run({ user: null, channel, event: null, member: event }, undefined);
}

/** Another node, with other definitions, may know channels that this one does not. */
function channelOf(hub: Hub, name: string): ReturnType<Hub['channel']> | null {
  try {
    return hub.channel(name);
  } catch {
    return null;
  }
}

function invalid({ pattern, wrapper }: Found, why: string): RtError {
  return new RtError(
    'definition_invalid',
    `the channel class ${String(wrapper.name)} of "${pattern}" cannot be used: ${why}`,
  );
}
